// The objects of a profile as plain data, and the parts of them that many rules are about.
import type { KubeJson } from './helm.ts';
import { objectsOf, releaseCharts } from '../../k8s/lib/release-charts.ts';
import { eks } from '../../k8s/profiles/eks.ts';
import { kind } from '../../k8s/profiles/kind.ts';
import type { Profile } from '../../k8s/profiles/profile.ts';

export const profiles: readonly Profile[] = [kind, eks];

export function release(profile: Profile): KubeJson[] {
  return objectsOf(releaseCharts(profile).release).map((object) => object.toJson() as KubeJson);
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly resources: {
    readonly requests: Readonly<Record<string, string>>;
    readonly limits: Readonly<Record<string, string>>;
  };
  readonly startupProbe?: Readonly<Record<string, unknown>>;
  readonly readinessProbe?: Readonly<Record<string, unknown>>;
  readonly livenessProbe?: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface PodSpec {
  readonly serviceAccountName: string;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  readonly topologySpreadConstraints?: readonly Readonly<Record<string, unknown>>[];
}

export interface Workload {
  readonly id: string;
  readonly kind: string;
  readonly spec: Readonly<Record<string, unknown>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly pod: PodSpec;
  readonly containers: readonly Container[];
}

interface Template {
  readonly metadata: { readonly labels: Record<string, string> };
  readonly spec: PodSpec;
}

export function workloads(objects: readonly KubeJson[]): Workload[] {
  return objects.flatMap((object) => {
    const spec = object.spec as { readonly template?: Template } | undefined;
    if (!spec?.template) return [];
    const { metadata, spec: pod } = spec.template;
    const containers = [...(pod.initContainers ?? []), ...pod.containers];
    const id = `${object.kind}/${object.metadata.name}`;
    return [{ id, kind: object.kind, spec, labels: metadata.labels, pod, containers }];
  });
}

export function selects(
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

// What every pod of this product has in common: Pod Security "restricted", a read-only root, no token, no limit on
// CPU (a throttled store fails over for nothing), memory and disk limited.
import { k8s } from 'cdk8s-plus-27';
import { podLabelsOf, selectorOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';
import { secretsFolder, tlsAnnotation, userId } from './names.ts';

export interface Size {
  /** CPU request; there is no limit. */
  readonly cpu: string;
  readonly memory: string;
  /** Equal to `memory` for the stores, so that they are the last ones the kernel looks at. */
  readonly memoryLimit: string;
  /** Logs and emptyDirs together. */
  readonly disk: string;
}

export function resources(size: Size): k8s.ResourceRequirements {
  const quantity = (text: string) => k8s.Quantity.fromString(text);
  return {
    requests: {
      cpu: quantity(size.cpu),
      memory: quantity(size.memory),
      'ephemeral-storage': quantity('32Mi'),
    },
    limits: { memory: quantity(size.memoryLimit), 'ephemeral-storage': quantity(size.disk) },
  };
}

export const containerSecurity: k8s.SecurityContext = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: userId,
  runAsGroup: userId,
};

export const podSecurity: k8s.PodSecurityContext = {
  runAsNonRoot: true,
  runAsUser: userId,
  runAsGroup: userId,
  fsGroup: userId,
  // Without it a volume of a million files is chowned at every start.
  fsGroupChangePolicy: 'OnRootMismatch',
  seccompProfile: { type: 'RuntimeDefault' },
};

export interface PodOptions {
  readonly tier: Tier;
  readonly release: Release;
  readonly serviceAccount: string;
  readonly token?: boolean;
  readonly graceSeconds: number;
  /** Addresses of the namespace's Services as environment variables: a store then starts without DNS. */
  readonly serviceLinks?: boolean;
  /** The Secret of its certificates: it speaks TLS only. */
  readonly tlsSecret?: string;
  readonly spread?: readonly k8s.TopologySpreadConstraint[];
  readonly restartPolicy?: 'OnFailure';
  readonly initContainers?: k8s.Container[];
  readonly containers: k8s.Container[];
  readonly volumes: k8s.Volume[];
}

export function podTemplate(options: PodOptions): k8s.PodTemplateSpec {
  const { tier, release } = options;
  return {
    metadata: {
      labels: podLabelsOf(tier, release),
      annotations: {
        'kubectl.kubernetes.io/default-container': options.containers[0]?.name ?? tier,
        ...(options.tlsSecret !== undefined && { [tlsAnnotation]: options.tlsSecret }),
      },
    },
    spec: {
      serviceAccountName: options.serviceAccount,
      automountServiceAccountToken: options.token ?? false,
      enableServiceLinks: options.serviceLinks ?? false,
      securityContext: podSecurity,
      terminationGracePeriodSeconds: options.graceSeconds,
      ...(options.restartPolicy && { restartPolicy: options.restartPolicy }),
      ...(options.spread && {
        topologySpreadConstraints: [...options.spread],
        affinity: preferOtherHosts(selectorOf(tier, release)),
      }),
      ...(options.initContainers && { initContainers: options.initContainers }),
      containers: options.containers,
      volumes: options.volumes,
    },
  };
}

/** Linters ask for it beside the spread constraints; preferred, so that it never blocks scaling out. */
function preferOtherHosts(matchLabels: Record<string, string>): k8s.Affinity {
  return {
    podAntiAffinity: {
      preferredDuringSchedulingIgnoredDuringExecution: [
        {
          weight: 50,
          podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels } },
        },
      ],
    },
  };
}

/** An emptyDir and where it is mounted: the writable places of a read-only root. */
export function scratch(name: string, sizeLimit: string): k8s.Volume {
  return { name, emptyDir: { sizeLimit: k8s.Quantity.fromString(sizeLimit) } };
}

/** Only the named keys; a pod waits until the operator has generated them. */
export function secretVolume(secretName: string, keys: readonly string[]): k8s.Volume {
  return {
    name: secretName,
    secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
  };
}

/** The same of a Secret that need not be there: the pod does not wait for it. */
export function optionalSecretVolume(secretName: string, keys: readonly string[]): k8s.Volume {
  const { name, secret } = secretVolume(secretName, keys);
  return { name, secret: { ...secret, optional: true } };
}

/** Certificate, key, and whom to trust. */
export const certificateKeys = ['ca.crt', 'tls.crt', 'tls.key'];

export function secretMount(secretName: string): k8s.VolumeMount {
  return { name: secretName, mountPath: `${secretsFolder}/${secretName}`, readOnly: true };
}

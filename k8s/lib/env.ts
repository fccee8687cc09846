// Environment variables of a container: plain values and facts about the pod (downward API). No secret ever comes
// this way: secrets are files.
import type { k8s } from 'cdk8s-plus-27';

export function env(values: Readonly<Record<string, string | number | boolean>>): k8s.EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));
}

const podFacts = {
  POD_NAME: 'metadata.name',
  POD_NAMESPACE: 'metadata.namespace',
  POD_IP: 'status.podIP',
  NODE_NAME: 'spec.nodeName',
} as const;

export function podEnv(...names: readonly (keyof typeof podFacts)[]): k8s.EnvVar[] {
  return names.map((name) => ({ name, valueFrom: { fieldRef: { fieldPath: podFacts[name] } } }));
}

// Metadata of every object: name, namespace, the six recommended labels, and annotations where there are any.
import type { ApiObjectMetadata } from 'cdk8s';
import { labelsOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';

export function metadata(
  release: Release,
  name: string,
  owner: Tier | 'network',
  annotations?: Readonly<Record<string, string>>,
): ApiObjectMetadata {
  return {
    name,
    namespace: release.namespace,
    labels: labelsOf(owner, release),
    ...(annotations && Object.keys(annotations).length > 0 && { annotations: { ...annotations } }),
  };
}

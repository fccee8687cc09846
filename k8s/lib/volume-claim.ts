// The volume of one member of a stateful set. Its labels are part of the immutable template, so they are the
// selector's: a version in them would make every upgrade of the chart fail.
import { k8s } from 'cdk8s-plus-27';
import { selectorOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';

export function volumeClaim(
  tier: Tier,
  release: Release,
  storageClassName: string,
  size: string,
): k8s.KubePersistentVolumeClaimProps {
  return {
    metadata: { name: 'data', labels: selectorOf(tier, release) },
    spec: {
      accessModes: ['ReadWriteOnce'],
      storageClassName,
      resources: { requests: { storage: k8s.Quantity.fromString(size) } },
    },
  };
}

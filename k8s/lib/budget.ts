// PodDisruptionBudgets: at most one member of a tier is taken away on purpose at a time. A pod that is not healthy
// may always be evicted, or a broken member would block the drain of its node for ever.
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { add } from './add.ts';
import { metadata } from './metadata.ts';
import { selectorOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';

export function budget(scope: Construct, release: Release, tier: Tier): void {
  add(scope, k8s.KubePodDisruptionBudget, `PodDisruptionBudget/${tier}`, {
    metadata: metadata(release, tier, tier),
    spec: {
      maxUnavailable: k8s.IntOrString.fromNumber(1),
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: selectorOf(tier, release) },
    },
  });
}

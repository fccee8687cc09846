// One ServiceAccount per tier, none with a token unless the pod asks for it.
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import { add } from './add.ts';
import { metadata } from './metadata.ts';
import type { Release, Tier } from './tiers.ts';

export function account(
  scope: Construct,
  release: Release,
  tier: Tier,
  annotations?: Readonly<Record<string, string>>,
): void {
  add(scope, k8s.KubeServiceAccount, `ServiceAccount/${tier}`, {
    metadata: metadata(release, tier, tier, annotations),
    automountServiceAccountToken: false,
  });
}

// How pods spread over zones. Stores must (`DoNotSchedule`: two members in one zone would lose the quorum with it),
// the app only should, or it could not scale when a zone is gone.
import type { k8s } from 'cdk8s-plus-27';
import { selectorOf } from './tiers.ts';
import type { Release, Tier } from './tiers.ts';

export const zoneLabel = 'topology.kubernetes.io/zone';
const host = 'kubernetes.io/hostname';

/** One member per zone; a cordoned zone does not count (`Honor`), so that the other two keep scheduling. */
export function storeSpread(tier: Tier, release: Release): k8s.TopologySpreadConstraint[] {
  return [
    {
      maxSkew: 1,
      topologyKey: zoneLabel,
      whenUnsatisfiable: 'DoNotSchedule',
      nodeTaintsPolicy: 'Honor',
      labelSelector: { matchLabels: selectorOf(tier, release) },
    },
  ];
}

/** Never two in one zone: the second is there for the case that the first is lost with its zone. */
export function pairSpread(tier: Tier, release: Release): k8s.TopologySpreadConstraint[] {
  const [byZone, ...others] = deploymentSpread(tier, release);
  return [...(byZone ? [{ ...byZone, whenUnsatisfiable: 'DoNotSchedule' }] : []), ...others];
}

/** matchLabelKeys: during a rollout only pods of the new template are counted, else the last zone stays empty. */
export function deploymentSpread(tier: Tier, release: Release): k8s.TopologySpreadConstraint[] {
  return [zoneLabel, host].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    nodeTaintsPolicy: 'Honor',
    matchLabelKeys: ['pod-template-hash'],
    labelSelector: { matchLabels: selectorOf(tier, release) },
  }));
}

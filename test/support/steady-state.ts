// What "the shop is whole" means: every tier has all its pods ready. Tests begin and end there, so that their order
// does not matter.
import type { V1Pod } from '@kubernetes/client-node';
import type { Tier } from '../../k8s/lib/tiers.ts';
import { eventually } from './eventually.ts';
import { isReady, kubectl, nameOf, podsOf } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

/** The tiers that run all the time, with how many pods each has at least. */
export const runningTiers: Readonly<Record<'app' | 'operator' | 'pg' | 'redis' | 'sentinel', number>> = {
  app: 3,
  operator: 2,
  pg: 3,
  redis: 3,
  sentinel: 3,
};

export type RunningTier = keyof typeof runningTiers;
export const runningTierNames = Object.keys(runningTiers) as RunningTier[];

/** Ready pods of a tier once it has at least as many as it should. Throws which are missing. */
export async function untilReady(
  tier: Tier,
  count: number,
  withinMs = timeouts.podReadyMs,
): Promise<V1Pod[]> {
  return eventually(
    async () => {
      const pods = await podsOf(tier);
      const ready = pods.filter(isReady);
      if (ready.length < count || ready.length < pods.length) {
        const missing = pods.filter((pod) => !isReady(pod)).map(nameOf);
        throw new Error(`${tier}: ${ready.length} of ${count} pods ready; not ready: ${missing.join(', ')}`);
      }
      return ready;
    },
    { withinMs, everyMs: 500 },
  );
}

/** Waits until every tier is whole. */
export async function untilSteady(): Promise<void> {
  for (const tier of runningTierNames) await untilReady(tier, runningTiers[tier], timeouts.steadyStateMs);
}

/** Fixes the number of app pods by the autoscaler's own limits, so that it does not undo what a test does. */
export async function pinAppPods(count: number): Promise<() => Promise<void>> {
  const before = await kubectl([
    'get',
    'hpa',
    'app',
    '-o',
    'jsonpath={.spec.minReplicas} {.spec.maxReplicas}',
  ]);
  const [min = 3, max = 12] = before.split(' ').map(Number);
  await setLimits(count, count);
  return () => setLimits(min, max);
}

async function setLimits(minReplicas: number, maxReplicas: number): Promise<void> {
  const patch = JSON.stringify({ spec: { minReplicas, maxReplicas } });
  await kubectl(['patch', 'hpa', 'app', '--type=merge', '-p', patch]);
}

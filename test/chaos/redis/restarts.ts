// Everything at once: nobody is left who remembers by being alive.
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from '../../support/chaos.ts';
import { eventually } from '../../support/eventually.ts';
import { cordonNode, deletePod, uncordonNode } from '../../support/faults.ts';
import { nodeOf } from '../../support/postgres-cluster.ts';
import { redisMembers, redisState, sentinels } from '../../support/redis-cluster.ts';
import { timeouts } from '../../support/timeouts.ts';

const budgetMs = 30_000;
/** Long enough that an election by one member would have been seen. */
const refusedMs = 15_000;

const deleteAll = async (pods: readonly string[]): Promise<void> => {
  await Promise.all(pods.map((pod) => deletePod(pod, { graceSeconds: 0 })));
};

function atOnce(name: string, pods: readonly string[]): Scenario {
  return { ...{ name, budgetMs, maxRuns: 2 }, fault: () => deleteAll(pods) };
}

/** All Redis restart, and those of `missing` stay away until healed. */
function withMissing(name: string, missing: readonly string[], meanwhile?: () => Promise<void>): Scenario {
  let places: readonly string[] = [];
  return {
    ...{ name, maxRuns: 1, budgetMs: meanwhile ? Infinity : budgetMs },
    fault: async () => {
      places = await Promise.all(missing.map(nodeOf));
      await Promise.all(places.map(cordonNode));
      await deleteAll(redisMembers);
      await meanwhile?.();
    },
    heal: async () => {
      await Promise.all(places.map(uncordonNode));
      return undefined;
    },
  };
}

export const restarts: readonly Scenario[] = [
  atOnce('all Redis restarted at once', redisMembers),
  atOnce('all Sentinels restarted at once', sentinels),
  atOnce('all six restarted at once', [...redisMembers, ...sentinels]),
  withMissing('all Redis restarted, one stays away', ['redis-2']),
  withMissing('all Redis restarted, two stay away: refuses', ['redis-1', 'redis-2'], async () => {
    await sleep(refusedMs);
    // Sentinels try again and again, and while one does, the set is said to fail over.
    await eventually(
      async () => {
        const { phase, message } = await redisState();
        expect(phase, message).to.equal('Unavailable');
        expect(message).to.contain('1 of 3 data sets visible');
      },
      { withinMs: timeouts.soonMs, everyMs: 500 },
    );
  }),
];

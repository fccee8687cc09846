// Every password of the set is replaced while changes are made.
import type { Scenario } from '../../support/chaos.ts';
import { expectLetIn, passwordsIn, replacePasswords } from '../../support/credentials.ts';
import type { Passwords } from '../../support/credentials.ts';
import { eventually } from '../../support/eventually.ts';
import { redisMembers, redisState, sentinels } from '../../support/redis-cluster.ts';
import { letsIn } from '../../support/redis-nodes.ts';
import { timeouts } from '../../support/timeouts.ts';

const secret = 'redis-credentials';
const users = { app: 'app', replica: 'replication', sentinel: 'sentinel', operator: 'operator' } as const;

/** No outage: a pause that a busy machine makes between two changes anyway. */
const none = 500;

async function rotating(): Promise<boolean> {
  const { conditions } = await redisState();
  return conditions.some(({ type, status }) => type === 'RotatingPasswords' && status === 'True');
}

const untilRotating = (wanted: boolean, withinMs: number): Promise<void> =>
  eventually(
    async () => {
      if ((await rotating()) !== wanted) throw new Error(`RotatingPasswords is not ${String(wanted)}`);
    },
    { withinMs, everyMs: 250 },
  );

const doors = { nodes: [...redisMembers, ...sentinels], users, letsIn };
let former: Passwords = {};

export const passwordsReplaced: Scenario = {
  name: 'all passwords replaced',
  budgetMs: none,
  maxRuns: 1,
  noFailedRequest: true,
  fault: async () => {
    former = await replacePasswords(secret);
    await untilRotating(true, timeouts.soonMs);
  },
  heal: async () => {
    const startMs = performance.now();
    await untilRotating(false, timeouts.rolloutMs);
    await expectLetIn(doors, true, await passwordsIn(secret));
    await expectLetIn(doors, false, former);
    return { 'only the new ones after': performance.now() - startMs };
  },
};

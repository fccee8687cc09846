// Every password of the set is replaced while changes are made.
import type { Scenario } from '../../support/chaos.ts';
import { passwordsIn, replacePasswords } from '../../support/credentials.ts';
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

/** Every node lets in with these, or none does. */
async function expectAll(wanted: boolean, texts: Passwords): Promise<void> {
  for (const node of [...redisMembers, ...sentinels]) {
    for (const [user, key] of Object.entries(users)) {
      if ((await letsIn(node, user, texts[`${key}-password`] ?? '')) === wanted) continue;
      throw new Error(`${node} ${wanted ? 'refuses the new' : 'takes the old'} password of ${user}`);
    }
  }
}

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
    await expectAll(true, await passwordsIn(secret));
    await expectAll(false, former);
    return { 'only the new ones after': performance.now() - startMs };
  },
};

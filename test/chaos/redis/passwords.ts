// Every password of the set is replaced while changes are made, as an admin does it: by an edit of the Secret. Kubelet
// mounts the new ones in its own time, up to a minute later and on each node in another moment.
import { randomBytes } from 'node:crypto';
import type { V1Secret } from '@kubernetes/client-node';
import type { Scenario } from '../../support/chaos.ts';
import { eventually } from '../../support/eventually.ts';
import { getJson, kubectl } from '../../support/kubectl.ts';
import { redisMembers, redisState, sentinels } from '../../support/redis-cluster.ts';
import { letsIn } from '../../support/redis-nodes.ts';
import { timeouts } from '../../support/timeouts.ts';

const secret = 'redis-credentials';
const users = { app: 'app', replica: 'replication', sentinel: 'sentinel', operator: 'operator' } as const;
type Passwords = Readonly<Record<string, string>>;

/** No outage: a pause that a busy machine makes between two changes anyway. */
const none = 500;

async function passwords(): Promise<Passwords> {
  const { data = {} } = await getJson<V1Secret>('secret', secret);
  const texts = Object.entries(data).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  return Object.fromEntries(texts) as Passwords;
}

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
    former = await passwords();
    const next = Object.keys(former).map((key) => [key, randomBytes(24).toString('hex')]);
    const edited = {
      ...(await getJson<object>('secret', secret)),
      stringData: Object.fromEntries(next) as Passwords,
    };
    await kubectl(['replace', '-f', '-'], { input: JSON.stringify(edited) });
    await untilRotating(true, timeouts.soonMs);
  },
  heal: async () => {
    const startMs = performance.now();
    await untilRotating(false, timeouts.rolloutMs);
    await expectAll(true, await passwords());
    await expectAll(false, former);
    return { 'only the new ones after': performance.now() - startMs };
  },
};

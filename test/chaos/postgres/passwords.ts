// Every password of the set is replaced while rows are written.
import type { Scenario } from '../../support/chaos.ts';
import { expectLetIn, passwordsIn, replacePasswords } from '../../support/credentials.ts';
import type { Passwords } from '../../support/credentials.ts';
import { eventually } from '../../support/eventually.ts';
import { execIn, nameOf, podsOf } from '../../support/kubectl.ts';
import { postgresMembers } from '../../support/postgres-cluster.ts';
import { timeouts } from '../../support/timeouts.ts';

const secret = 'pg-credentials';
const users = { app: 'app', replicator: 'replication', postgres: 'superuser' } as const;

/** No outage: a pause that a busy machine makes between two writes anyway. */
const none = 500;

async function letsIn(member: string, role: string, password: string): Promise<boolean> {
  const ask = `PGPASSWORD='${password}' psql -h /run/postgresql -U ${role} -d postgres -AXqtc 'SELECT 1' 2>&1; true`;
  const answer = (await execIn(member, ['sh', '-c', ask], { container: 'postgres' })).trim();
  if (answer === '1') return true;
  if (answer.includes('password authentication failed')) return false;
  throw new Error(`${member}: as ${role}: ${answer}`);
}

const doors = { nodes: postgresMembers, users, letsIn };

/** What kubelet has mounted in each pod of the shop and of the set. */
async function expectMounted({ 'app-password': wanted }: Passwords): Promise<void> {
  for (const pod of [...(await podsOf('app')), ...(await podsOf('pg'))].map(nameOf)) {
    const mounted = await execIn(pod, ['cat', `/etc/secrets/${secret}/app-password`]);
    if (mounted.trim() !== wanted) throw new Error(`${pod}: the former password is still mounted`);
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
  },
  heal: async () => {
    const startMs = performance.now();
    const next = await passwordsIn(secret);
    const patiently = { withinMs: timeouts.rolloutMs, everyMs: 500 };
    await eventually(() => expectLetIn(doors, true, next), patiently);
    await eventually(() => expectLetIn(doors, false, former), patiently);
    const tookMs = performance.now() - startMs;
    await eventually(() => expectMounted(next), patiently);
    return { 'only the new ones after': tookMs, 'mounted everywhere after': performance.now() - startMs };
  },
};

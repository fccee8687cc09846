// Every password of the set is replaced while rows are written.
import type { Scenario } from '../../support/chaos.ts';
import { passwordsIn, replacePasswords } from '../../support/credentials.ts';
import type { Passwords } from '../../support/credentials.ts';
import { eventually } from '../../support/eventually.ts';
import { execIn, nameOf, podsOf } from '../../support/kubectl.ts';
import { postgresMembers } from '../../support/postgres-cluster.ts';
import { timeouts } from '../../support/timeouts.ts';

const secret = 'pg-credentials';
/** Roles by what the Secret calls their passwords. */
const roles = { app: 'app', replication: 'replicator', superuser: 'postgres' } as const;

/** No outage: a pause that a busy machine makes between two writes anyway. */
const none = 500;

async function letsIn(member: string, role: string, password: string): Promise<boolean> {
  const ask = `PGPASSWORD='${password}' psql -h /run/postgresql -U ${role} -d postgres -AXqtc 'SELECT 1' 2>&1; true`;
  const answer = (await execIn(member, ['sh', '-c', ask], { container: 'postgres' })).trim();
  if (answer === '1') return true;
  if (answer.includes('password authentication failed')) return false;
  throw new Error(`${member}: as ${role}: ${answer}`);
}

/** Every member lets in with these, or none does. */
async function expectAll(wanted: boolean, texts: Passwords): Promise<void> {
  for (const member of postgresMembers) {
    for (const [key, role] of Object.entries(roles)) {
      if ((await letsIn(member, role, texts[`${key}-password`] ?? '')) === wanted) continue;
      throw new Error(`${member} ${wanted ? 'refuses the new' : 'takes the old'} password of ${role}`);
    }
  }
}

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
    await eventually(() => expectAll(true, next), patiently);
    await eventually(() => expectAll(false, former), patiently);
    const tookMs = performance.now() - startMs;
    await eventually(() => expectMounted(next), patiently);
    return { 'only the new ones after': tookMs, 'mounted everywhere after': performance.now() - startMs };
  },
};

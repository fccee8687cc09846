// Changes the number of Postgres members as `helm upgrade` does: the wish and the pods at the same moment.
import { eventually } from './eventually.ts';
import { onRestore } from './faults.ts';
import { kubectl } from './kubectl.ts';
import { postgresStatus } from './postgres-cluster.ts';
import { timeouts } from './timeouts.ts';

/** The number a cluster under test has outside of tests. */
const USUAL = 3;

/** Resolves once that many vote, and nobody else acknowledges. Undone by restoreFaults(). */
export async function scalePostgres(members: 3 | 5): Promise<void> {
  if (members !== USUAL) onRestore('members of Postgres', () => ask(USUAL));
  await ask(members);
  await eventually(
    async () => {
      const { phase, quorum } = await postgresStatus();
      const { voters = [], votes = 0, acknowledgers = [], acks = 0 } = quorum ?? {};
      const is = `${votes} of ${voters.length} elect, ${acks} of ${acknowledgers.length} acknowledge`;
      const few = (members - 1) / 2;
      if (is !== `${few + 1} of ${members} elect, ${few} of ${members} acknowledge` || phase !== 'Healthy') {
        throw new Error(`Postgres is ${phase ?? 'unknown'}: ${is}`);
      }
    },
    { withinMs: timeouts.scaleMs, everyMs: 500 },
  );
}

async function ask(members: number): Promise<void> {
  const patch = JSON.stringify({ spec: { members } });
  await kubectl(['patch', 'postgresset', 'pg', '--type=merge', '-p', patch]);
  await kubectl(['scale', 'statefulset', 'pg', `--replicas=${members}`]);
}

/** Volumes of members that are gone: another test would find old data on them. */
export async function forgetVolumes(members: readonly string[]): Promise<void> {
  const claims = members.map((name) => `data-${name}`);
  await kubectl(['delete', 'pvc', ...claims, '--ignore-not-found', '--wait=false']);
}

// The Postgres set on the cluster under test, by its custom resource and its pods.
import type { V1Pod } from '@kubernetes/client-node';
import type { HistoryEntry, PostgresSet, PostgresSetStatus } from '../../operator/postgres/resource.ts';
import { POSTGRES_SETS } from '../../operator/postgres/resource.ts';
import { PODS } from '../../operator/runtime/paths.ts';
import { readObject } from './cluster-api.ts';
import { eventually } from './eventually.ts';
import { execIn, kubectl } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export const postgresMembers = ['pg-0', 'pg-1', 'pg-2'] as const;

export async function postgresStatus(): Promise<PostgresSetStatus> {
  return (await readObject<PostgresSet>(POSTGRES_SETS, 'pg')).status ?? {};
}

/** The primary's name once the operator calls the whole set healthy: routed, and both standbys stream from it. */
export function healthyPostgres(withinMs: number = timeouts.steadyStateMs): Promise<string> {
  return eventually(async () => primaryOf(await postgresStatus()), { withinMs, everyMs: 500 });
}

function primaryOf({ phase, sync, ready, ballot, conditions }: PostgresSetStatus): string {
  const is = [phase, sync, ready, ballot?.stage].join(' ');
  if (is !== 'Healthy 2/2 3/3 serving' || !ballot?.primary) {
    throw new Error(
      `Postgres is ${is}: ${conditions?.find(({ type }) => type === 'Blocked')?.message ?? ''}`,
    );
  }
  return ballot.primary;
}

export async function postgresTerm(): Promise<number> {
  return (await postgresStatus()).ballot?.term ?? 0;
}

/** What the resource remembers of the changes of primary after `term`, newest first. */
export async function historySince(term: number): Promise<readonly HistoryEntry[]> {
  return ((await postgresStatus()).history ?? []).filter((entry) => entry.term > term);
}

/** Resolves with the new primary once it serves in a term after `term`. */
export function primaryAfter(term: number, withinMs: number = timeouts.steadyStateMs): Promise<string> {
  return eventually(
    async () => {
      const { ballot } = await postgresStatus();
      if (ballot?.stage !== 'serving' || ballot.term <= term || !ballot.primary) {
        throw new Error(
          `term ${ballot?.term ?? 0} is ${ballot?.stage ?? 'unknown'}, wanted one after ${term}`,
        );
      }
      return ballot.primary;
    },
    { withinMs, everyMs: 250 },
  );
}

export async function nodeOf(pod: string): Promise<string> {
  const { spec } = await readObject<V1Pod>(PODS, pod);
  if (!spec?.nodeName) throw new Error(`pod ${pod} has no node`);
  return spec.nodeName;
}

/** Asks the operator for a switchover, as a cluster admin would. */
export async function requestPostgresSwitchover(to: string): Promise<void> {
  const patch = JSON.stringify({ spec: { switchover: { to, id: new Date().toISOString() } } });
  await kubectl(['patch', 'postgresset', 'pg', '--type=merge', '-p', patch]);
}

/** Sends a signal to the postmaster, or to every process of the server. The agent beside it is not touched. */
export async function signalPostgres(pod: string, signal: string, whom: 'postmaster' | 'all'): Promise<void> {
  const postmaster = 'p=$(head -1 "$PGDATA/postmaster.pid")';
  // pkill is not in the image. Children are found by their parent in /proc/PID/stat.
  const children = `for s in /proc/[0-9]*/stat; do set -- $(sed 's/.*) //' $s 2>/dev/null); [ "$2" = $p ] && kill -${signal} $(basename $(dirname $s)); done`;
  // A fault that did not happen must not be counted as one survived. What goes on may have ended meanwhile.
  const kill = `kill -${signal} $p${signal === 'CONT' ? '' : ' || exit 1'}`;
  const parts = [postmaster, kill, ...(whom === 'all' ? [children] : []), 'true'];
  await execIn(pod, ['sh', '-c', parts.join('; ')], { container: 'postgres' });
}

/** The pod in which the operator's leader runs, as its Lease says. */
export async function operatorLeader(): Promise<string> {
  const holder = await kubectl(['get', 'lease', 'operator', '-o', 'jsonpath={.spec.holderIdentity}']);
  const [pod = ''] = holder.split('_');
  if (pod === '') throw new Error('nobody holds the Lease of the operator');
  return pod;
}

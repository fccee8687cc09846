// What a Sentinel knows of a replica, by its own last INFO: whom it would promote depends on this, not on what the
// replica says of itself now.
import { portOf } from './links.ts';
import type { NodeAddress } from './model.ts';
import { parsePairs } from './parse.ts';
import type { ActionContext } from './tell.ts';

export interface KnownReplica {
  readonly answers: boolean;
  /** Undefined when the Sentinel has not met it. */
  readonly known: ReadonlyMap<string, string> | undefined;
}

/** Never throws: a Sentinel that does not answer knows nothing. */
export async function replicaAsKnown(
  context: ActionContext,
  sentinel: NodeAddress,
  replica: NodeAddress,
): Promise<KnownReplica> {
  const command = ['sentinel', 'replicas', context.set.masterName] as const;
  const [reply] = await context.links.ask(portOf('sentinel', sentinel), [command]).catch(() => [undefined]);
  if (!Array.isArray(reply)) return { answers: false, known: undefined };
  return { answers: true, known: reply.map(parsePairs).find((known) => known.get('ip') === replica.address) };
}

/** Whether a Sentinel would choose one of these replicas, as far as it depends on them. */
export async function someWouldChoose(
  context: ActionContext,
  replicas: readonly NodeAddress[],
): Promise<boolean> {
  const asked = context.set.sentinels.flatMap((sentinel) =>
    replicas.map((replica) => replicaAsKnown(context, sentinel, replica)),
  );
  return (await Promise.all(asked)).some(
    ({ known }) => known !== undefined && isReachable(known) && known.get('slave-priority') !== '0',
  );
}

/** Whether every Sentinel that answers would choose a replica of this priority, and at least one answers. */
export async function allWouldChoose(
  context: ActionContext,
  replica: NodeAddress,
  priority: number,
): Promise<boolean> {
  const asked = context.set.sentinels.map((sentinel) => replicaAsKnown(context, sentinel, replica));
  const answers = (await Promise.all(asked)).filter((answer) => answer.answers);
  const fits = ({ known }: KnownReplica): boolean =>
    known !== undefined && isReachable(known) && known.get('slave-priority') === String(priority);
  return answers.length > 0 && answers.every(fits);
}

/** Any other flag (s_down, disconnected) makes a Sentinel pass it over. */
function isReachable(known: ReadonlyMap<string, string>): boolean {
  return known.get('flags') === 'slave';
}

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

/** Whether every Sentinel that answers would choose a replica of this priority, and at least one answers. */
export async function allWouldChoose(
  context: ActionContext,
  replica: NodeAddress,
  priority: number,
): Promise<boolean> {
  const answers = await asAllKnow(context, replica);
  // Any other flag (s_down, disconnected) makes a Sentinel pass it over.
  const fits = ({ known }: KnownReplica): boolean =>
    known?.get('flags') === 'slave' && known.get('slave-priority') === String(priority);
  return answers.length > 0 && answers.every(fits);
}

/** Whether no Sentinel that answers could choose the replica, also once it answers better than now. */
export async function noneCouldChoose(context: ActionContext, replica: NodeAddress): Promise<boolean> {
  const answers = await asAllKnow(context, replica);
  return answers.every(({ known }) => known === undefined || known.get('slave-priority') === '0');
}

async function asAllKnow(context: ActionContext, replica: NodeAddress): Promise<readonly KnownReplica[]> {
  const asked = context.set.sentinels.map((sentinel) => replicaAsKnown(context, sentinel, replica));
  return (await Promise.all(asked)).filter(({ answers }) => answers);
}

// Promotes one member while the old master is gone, and has the Sentinels make it known. What makes it safe is the
// freeze: the members that are left stop following anybody before their data is compared, so that the old master,
// wherever it may still run, can acknowledge nothing any more. Sentinel alone picks by offsets that may be a second
// old and could prefer a replica that lacks the last acknowledged write. So the newest is promoted here, the others
// get everything it has (a replica without a master serves nobody, hence in this order), and only then Sentinel is
// asked: after that, any choice it makes is a right one.
import { failOver } from './fail-over.ts';
import { levelWith } from './level.ts';
import type { NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import { closeStrangers, nodeNamed, openGate, setMinReplicas, setPriority, tellMember } from './tell.ts';
import type { ActionContext, Steps } from './tell.ts';
import { compareFreshness } from './view.ts';
import type { Visible } from './view.ts';

const catchUpMs = 600;
/** Nothing listens there, and nothing ever will: who follows it waits, and keeps its data and its stream. */
const nobody = ['replicaof', '127.0.0.1', 1] as const;

/** Throws when nobody was promoted; the next look decides again. */
export async function elect(context: ActionContext, member: string): Promise<Steps> {
  const startMs = context.nowMs();
  const winner = nodeNamed(context.set.members, member);
  const { chosen, others } = await freeze(context, winner);
  const frozenMs = context.nowMs() - startMs;
  await promote(context, chosen, others);
  const equalMs = context.nowMs() - startMs - frozenMs;
  return { frozen: frozenMs, equal: equalMs, ...(await failOver(context, winner)) };
}

/**
 * Cuts every replica that answers from the old master, then makes sure that the winner has the newest data still.
 * @returns the winner as it is then, and the other replicas, frozen.
 */
async function freeze(
  context: ActionContext,
  winner: NodeAddress,
): Promise<{ readonly chosen: Visible; readonly others: readonly Visible[] }> {
  const replicas = (await answering(context)).filter(
    ({ answer }) => answer.role === 'replica' && !answer.gated,
  );
  await Promise.all(replicas.map(({ name }) => tellMember(context, name, [nobody])));
  const after = await answering(context);
  // One that cannot be asked may still follow the old master, and confirm what it acknowledges.
  if (after.length < context.set.members.length - 1) {
    throw new Error(`redis/${winner.name}: only ${after.length} of ${context.set.members.length} answer`);
  }
  const chosen = after.find(({ name }) => name === winner.name);
  if (chosen === undefined) throw new Error(`redis/${winner.name}: does not answer any more`);
  const others = after.filter(
    ({ name }) => name !== winner.name && replicas.some((each) => each.name === name),
  );
  const newer = others.find((other) => compareFreshness(other, chosen) > 0);
  if (newer) throw new Error(`redis/${winner.name}: ${newer.name} turned out to have newer data`);
  return { chosen, others };
}

async function answering({ links, set }: ActionContext): Promise<readonly Visible[]> {
  const members = await Promise.all(set.members.map((member) => observeMember(links, member)));
  return members.filter((member): member is Visible => member.answer !== undefined);
}

async function promote(
  context: ActionContext,
  winner: Visible,
  others: readonly NodeAddress[],
): Promise<void> {
  await tellMember(context, winner.name, [
    setPriority(1),
    ['replicaof', 'no', 'one'],
    setMinReplicas(1),
    ...openGate,
    ...(winner.answer.gated ? closeStrangers : []),
  ]);
  await Promise.all(
    others.map(({ name }) => tellMember(context, name, [['replicaof', winner.address, 6379]])),
  );
  const behind = await levelWith(context, winner, others, catchUpMs);
  // Those may not be chosen by Sentinel either.
  await Promise.all(behind.map((name) => tellMember(context, name, [setPriority(0)])));
}

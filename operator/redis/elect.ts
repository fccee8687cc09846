// Promotes one member while the old master is gone, and has the Sentinels make it known. What makes it safe is the
// freeze: the members that are left stop following anybody before their data is compared, so that the old master,
// wherever it may still run, can acknowledge nothing any more. Sentinel alone picks by offsets that may be a second
// old and could prefer a replica that lacks the last acknowledged write. So the newest is promoted here, the others
// get everything it has (a replica without a master serves nobody, hence in this order), and only then Sentinel is
// asked: after that, any choice it makes is a right one.
import { setTimeout as sleep } from 'node:timers/promises';
import { failOver } from './fail-over.ts';
import { withSentinelsHeld } from './hold.ts';
import { someWouldChoose } from './known-replica.ts';
import { levelWith } from './level.ts';
import type { NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import {
  closeStrangers,
  nobody,
  nodeNamed,
  openGate,
  setMinReplicas,
  setPriority,
  tellMember,
} from './tell.ts';
import type { ActionContext, Steps } from './tell.ts';
import { compareFreshness } from './view.ts';
import type { Visible } from './view.ts';

const catchUpMs = 600;
/** A Sentinel that was refused its login dials anew after a second, and reads a second later. */
const knownMs = 2_500;
const pauseMs = 20;

/** @param member who had the newest data when it was decided. Throws when nobody was promoted; the next look decides anew. */
export async function elect(context: ActionContext, member: string): Promise<Steps> {
  const startMs = context.nowMs();
  return withSentinelsHeld(context, async (named) => {
    const { winner, others } = await freeze(context, nodeNamed(context.set.members, member), named);
    await makeElectable(context, winner, others);
    const frozenMs = context.nowMs() - startMs;
    await promote(context, winner, others);
    const equalMs = context.nowMs() - startMs - frozenMs;
    return { frozen: frozenMs, equal: equalMs, ...(await failOver(context, undefined, winner)) };
  });
}

interface Frozen {
  readonly winner: Visible;
  /** All others that were frozen. */
  readonly others: readonly Visible[];
}

/**
 * Cuts every replica that answers from the old master; then, and not before, it is certain who has the newest data. A
 * master that nobody names goes with them: an election that failed halfway has left it.
 */
async function freeze(
  context: ActionContext,
  proposed: NodeAddress,
  named: ReadonlySet<string>,
): Promise<Frozen> {
  const before = (await answering(context)).filter(
    ({ address, answer }) => !answer.gated && (answer.role === 'replica' || !named.has(address)),
  );
  await Promise.all(before.map(({ name }) => tellMember(context, name, [nobody])));
  const after = await answering(context);
  // One that cannot be asked may still follow the old master, and confirm what it acknowledges.
  if (after.length < context.set.members.length - 1) {
    throw new Error(`redis/${proposed.name}: only ${after.length} of ${context.set.members.length} answer`);
  }
  const frozen = after.filter(({ name }) => before.some((each) => each.name === name));
  const chosen = after.find(({ name }) => name === proposed.name);
  if (chosen === undefined) throw new Error(`redis/${proposed.name}: does not answer any more`);
  const newest = frozen.toSorted((a, b) => compareFreshness(b, a))[0];
  const winner = newest && compareFreshness(newest, chosen) > 0 ? newest : chosen;
  return { winner, others: frozen.filter(({ name }) => name !== winner.name) };
}

async function answering({ links, set }: ActionContext): Promise<readonly Visible[]> {
  const members = await Promise.all(set.members.map((member) => observeMember(links, member)));
  return members.filter((member): member is Visible => member.answer !== undefined);
}

/**
 * A Sentinel reads a priority from replicas only: what it knew when its replica became a master it knows for ever. One
 * that was just started, with the priority 0 it starts with, would never be named, and where nobody else can be chosen
 * the set stood still until somebody intervened. Throws while no Sentinel would choose any of them; frozen as they are,
 * the next election finds the winner known.
 */
async function makeElectable(
  context: ActionContext,
  winner: Visible,
  others: readonly NodeAddress[],
): Promise<void> {
  const gate = winner.answer.gated ? [...openGate, ...closeStrangers] : [];
  await tellMember(context, winner.name, [setPriority(1), ...gate]);
  const endMs = context.nowMs() + knownMs;
  while (!(await someWouldChoose(context, [winner, ...others]))) {
    if (context.nowMs() >= endMs) throw new Error(`redis/${winner.name}: no Sentinel would choose it yet`);
    await sleep(pauseMs);
  }
}

async function promote(
  context: ActionContext,
  winner: NodeAddress,
  others: readonly NodeAddress[],
): Promise<void> {
  await tellMember(context, winner.name, [['replicaof', 'no', 'one'], setMinReplicas(1), ...openGate]);
  await Promise.all(
    others.map(({ name }) => tellMember(context, name, [['replicaof', winner.address, 6379]])),
  );
  const behind = await levelWith(context, winner, others, catchUpMs);
  // Those may not be chosen by Sentinel either.
  await Promise.all(behind.map((name) => tellMember(context, name, [setPriority(0)])));
}

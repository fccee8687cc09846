// Has the Sentinels promote a member while the old master is gone. What makes it safe is the freeze: the members that
// are left stop following anybody before their data is compared, so that the old master, wherever it may still run, can
// acknowledge nothing any more. Sentinel alone picks by offsets that may be a second old and could prefer a replica that
// lacks the last acknowledged write. So the others get everything the newest has, for which it has to be a master for a
// moment (a replica without a master serves nobody); then it stands still, as before a planned switch, and a Sentinel is
// asked: any choice it makes is a right one now, and costs nobody a full copy.
import { setTimeout as sleep } from 'node:timers/promises';
import { failOver } from './fail-over.ts';
import { withSentinelsHeld } from './hold.ts';
import { noneCouldChoose } from './known-replica.ts';
import { levelWith } from './level.ts';
import type { NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import {
  closeClients,
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
const learnMs = 3_000;
const pauseMs = 20;

/** @param member who had the newest data when it was decided. Throws when nobody was promoted; the next look decides anew. */
export async function elect(context: ActionContext, member: string): Promise<Steps> {
  const startMs = context.nowMs();
  return withSentinelsHeld(context, async (named) => {
    const { winner, others } = await freeze(context, nodeNamed(context.set.members, member), named);
    const frozenMs = context.nowMs() - startMs;
    await makeEqual(context, winner, others);
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
  // One that still loads has not all of its data, and cannot say how new it is.
  return members.filter((member): member is Visible => member.answer?.loading === false);
}

/**
 * It ends as a replica of nobody, also because a Sentinel reads priorities from replicas only: one that was just started,
 * known with the 0 it starts with, could never be chosen once it is a master, and the set stood still for good.
 */
async function makeEqual(
  context: ActionContext,
  winner: Visible,
  others: readonly NodeAddress[],
): Promise<void> {
  const closing = winner.answer.gated ? closeClients : [];
  await tellMember(context, winner.name, [setPriority(1), setMinReplicas(1), ...openGate, ...closing]);
  if (others.length === 0) return;
  await tellMember(context, winner.name, [['replicaof', 'no', 'one']]);
  await Promise.all(
    others.map(({ name }) => tellMember(context, name, [['replicaof', winner.address, 6379]])),
  );
  const names = await levelWith(context, winner, others, catchUpMs);
  await Promise.all(names.map((name) => tellMember(context, name, [setPriority(0)])));
  await tellMember(context, winner.name, [nobody]);
  await passedOver(
    context,
    others.filter(({ name }) => names.includes(name)),
  );
}

/** A Sentinel reads priorities once a second: asked before, it might choose one of those that lack the newest writes. */
async function passedOver(context: ActionContext, behind: readonly NodeAddress[]): Promise<void> {
  const endMs = context.nowMs() + learnMs;
  for (const member of behind) {
    while (!(await noneCouldChoose(context, member))) {
      if (context.nowMs() >= endMs) {
        throw new Error(
          `redis/${member.name}: lacks writes, and a Sentinel could choose it after ${learnMs} ms`,
        );
      }
      await sleep(pauseMs);
    }
  }
}

// Promotes one member while the old master is gone, and has the Sentinels make it known. Sentinel alone picks by
// offsets that may be a second old and could prefer a replica that lacks the last acknowledged write. So the newest
// is promoted here, the others get everything it has (a replica without a master serves nobody, hence in this
// order), and only then Sentinel is asked: after that, any choice it makes is a right one.
import { setTimeout as sleep } from 'node:timers/promises';
import { failOver } from './fail-over.ts';
import type { Member, NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import { nodeNamed, openGate, setMinReplicas, setPriority, tellMember } from './tell.ts';
import type { ActionContext, Steps } from './tell.ts';

const catchUpMs = 600;
const pauseMs = 20;

/** Throws when nobody was promoted; the next look decides again. */
export async function elect(context: ActionContext, member: string): Promise<Steps> {
  const startMs = context.nowMs();
  const winner = nodeNamed(context.set.members, member);
  await prepare(context, winner);
  const equalMs = context.nowMs() - startMs;
  return { equal: equalMs, ...(await failOver(context, winner)) };
}

async function prepare(context: ActionContext, winner: NodeAddress): Promise<void> {
  await tellMember(context, winner.name, [
    setPriority(1),
    ['replicaof', 'no', 'one'],
    setMinReplicas(1),
    ...openGate,
  ]);
  const others = context.set.members.filter(({ name }) => name !== winner.name);
  await Promise.all(others.map((other) => levelWith(context, winner, other)));
}

/** Gives a replica of the same lost master what the winner has; others become ineligible. */
async function levelWith(context: ActionContext, winner: NodeAddress, other: NodeAddress): Promise<void> {
  const { answer } = await observeMember(context.links, other);
  if (answer === undefined || answer.gated || answer.role === 'master') return;
  const endMs = context.nowMs() + catchUpMs;
  await tellMember(context, other.name, [['replicaof', winner.address, 6379]]);
  for (;;) {
    const [mine, own] = await Promise.all([
      observeMember(context.links, other),
      observeMember(context.links, winner),
    ]);
    if (hasAllOf(mine, own)) return;
    if (context.nowMs() >= endMs) break;
    await sleep(pauseMs);
  }
  await tellMember(context, other.name, [setPriority(0)]);
}

function hasAllOf({ answer: replica }: Member, { answer: winner }: Member): boolean {
  if (replica === undefined || winner === undefined) return false;
  return replica.linkUp && !replica.syncing && replica.offset >= winner.offset;
}

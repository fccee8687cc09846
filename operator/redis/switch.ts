// The planned switch, which loses nothing and lasts well under two seconds. A plain SENTINEL FAILOVER of a living
// master loses about a second of acknowledged writes: until somebody demotes it, the old master acknowledges what
// the new one never gets. So: it stands still (a replica of nobody, who refuses writes and whose stream has ended),
// both replicas get that stream to its last byte, one is promoted, and the others go on behind it where they are.
// A fence alone does not end the stream: Sentinels' messages and pings go on, and whoever got one more of them than
// the promoted one is sent the whole data set again, in which time nobody can confirm a change.
import { setTimeout as sleep } from 'node:timers/promises';
import { failOver, rightMoment } from './fail-over.ts';
import { allWouldChoose } from './known-replica.ts';
import { levelWith } from './level.ts';
import type { NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import { closeClients, nobody, nodeNamed, setMinReplicas, setPriority, tellMember } from './tell.ts';
import type { ActionContext, Steps } from './tell.ts';

const equalMs = 1_000;
/** Before the fence, so it costs nobody anything; a Sentinel may have lost its connection to the target just now. */
const learnMs = 5_000;
const promoteMs = 5_000;
const pauseMs = 10;
const preferredPriority = 1;

/** Throws when it could not be done. Then the old master goes on, at once or when the next looks say that nobody else is. */
export async function switchMaster(context: ActionContext, from: string, to: string): Promise<Steps> {
  const old = nodeNamed(context.set.members, from);
  const target = nodeNamed(context.set.members, to);
  await prefer(context, target);
  await rightMoment(context, target);
  const startMs = context.nowMs();
  await tellMember(context, from, standStill);
  try {
    await equalOffsets(context, old);
  } catch (error) {
    await tellMember(context, from, [['replicaof', 'no', 'one'], setMinReplicas(1)]);
    throw error;
  }
  const equalAtMs = context.nowMs();
  try {
    // Demoting runs beside the Sentinel's own bookkeeping: nobody confirms a change until the others follow.
    const [steps] = await Promise.all([failOver(context, old, target), followOnce(context, old)]);
    return { fenced: equalAtMs - startMs, ...steps };
  } finally {
    // Not before the Sentinels name the new master, for they would only be sent back here. Who reads must not stay, nor
    // who listens for changes: here they come late, and not at all once this node is cut off from the new master.
    await tellMember(context, from, closeClients);
  }
}

/** The fence marks it for the looks of another operator: it is being replaced, and nobody need be elected. */
const standStill = [setMinReplicas(99), nobody];

/**
 * Sentinel picks the lowest priority that it has learnt by INFO, once a second: before the fence, where waiting is
 * free. Asked without this, it may promote another replica.
 */
async function prefer(context: ActionContext, target: NodeAddress): Promise<void> {
  await tellMember(context, target.name, [setPriority(preferredPriority)]);
  const endMs = context.nowMs() + learnMs;
  while (!(await allWouldChoose(context, target, preferredPriority))) {
    if (context.nowMs() >= endMs) {
      throw new Error(`redis/${target.name}: not every Sentinel would choose it after ${learnMs} ms`);
    }
    await sleep(pauseMs * 5);
  }
}

async function equalOffsets(context: ActionContext, from: NodeAddress): Promise<void> {
  const others = context.set.members.filter(({ name }) => name !== from.name);
  const behind = await levelWith(context, from, others, equalMs);
  if (behind.length === 0) return;
  throw new Error(`redis/${from.name}: ${behind.join(', ')} did not catch up in ${equalMs} ms`);
}

/** Makes everybody else follow the new master in the moment there is one, also when Sentinel chose another. */
async function followOnce(context: ActionContext, old: NodeAddress): Promise<void> {
  const endMs = context.nowMs() + promoteMs;
  const candidates = context.set.members.filter(({ name }) => name !== old.name);
  let winner: NodeAddress | undefined;
  while ((winner = await firstMaster(context, candidates)) === undefined) {
    if (context.nowMs() >= endMs) throw new Error(`redis/${old.name}: nobody promoted in ${promoteMs} ms`);
    await sleep(pauseMs);
  }
  const { address, name: chosen } = winner;
  const others = context.set.members.filter(({ name }) => name !== chosen);
  await Promise.all(
    others.map(({ name }) => tellMember(context, name, [['replicaof', address, 6379], setMinReplicas(1)])),
  );
}

async function firstMaster(
  context: ActionContext,
  candidates: readonly NodeAddress[],
): Promise<NodeAddress | undefined> {
  const seen = await Promise.all(candidates.map((member) => observeMember(context.links, member)));
  return candidates.find((_, index) => seen[index]?.answer?.role === 'master');
}

// The planned switch, which loses nothing and lasts well under two seconds. A plain SENTINEL FAILOVER of a living
// master loses about a second of acknowledged writes: until somebody demotes it, the old master acknowledges what
// the new one never gets. So: fence it (it refuses at once), wait until all replicas have everything, fail over,
// and demote it in the moment the other one is master.
import { setTimeout as sleep } from 'node:timers/promises';
import { failOver, rightMoment } from './fail-over.ts';
import { allWouldChoose } from './known-replica.ts';
import { levelWith } from './level.ts';
import type { NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import { nodeNamed, setMinReplicas, setPriority, tellMember } from './tell.ts';
import type { ActionContext, Steps } from './tell.ts';

const equalMs = 1_000;
const learnMs = 2_500;
const demoteMs = 5_000;
const pauseMs = 10;
const preferredPriority = 1;

/** Throws when it could not be done; the fence is lifted then, and the old master goes on. */
export async function switchMaster(context: ActionContext, from: string, to: string): Promise<Steps> {
  const target = nodeNamed(context.set.members, to);
  await prefer(context, target);
  await rightMoment(context, target);
  const startMs = context.nowMs();
  await tellMember(context, from, [setMinReplicas(99)]);
  try {
    await equalOffsets(context, nodeNamed(context.set.members, from));
  } catch (error) {
    await tellMember(context, from, [setMinReplicas(1)]);
    throw error;
  }
  const equalAtMs = context.nowMs();
  // Demoting runs beside the Sentinel's own bookkeeping: the old master must not wait for it.
  const [steps] = await Promise.all([
    failOver(context, target),
    demoteOnce(context, nodeNamed(context.set.members, from)),
  ]);
  return { fenced: equalAtMs - startMs, ...steps };
}

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
async function demoteOnce(context: ActionContext, from: NodeAddress): Promise<void> {
  const endMs = context.nowMs() + demoteMs;
  const candidates = context.set.members.filter(({ name }) => name !== from.name);
  let winner: NodeAddress | undefined;
  while ((winner = await firstMaster(context, candidates)) === undefined) {
    if (context.nowMs() >= endMs) throw new Error(`redis/${from.name}: nobody promoted in ${demoteMs} ms`);
    await sleep(pauseMs);
  }
  const { address, name: chosen } = winner;
  const others = context.set.members.filter(({ name }) => name !== chosen);
  await Promise.all(
    others.map((other) =>
      tellMember(context, other.name, [
        ['replicaof', address, 6379],
        setMinReplicas(1),
        ['client', 'kill', 'type', 'normal', 'skipme', 'yes'],
      ]),
    ),
  );
}

async function firstMaster(
  context: ActionContext,
  candidates: readonly NodeAddress[],
): Promise<NodeAddress | undefined> {
  const seen = await Promise.all(candidates.map((member) => observeMember(context.links, member)));
  return candidates.find((_, index) => seen[index]?.answer?.role === 'master');
}

// "The replicas have everything": the one wait that both a planned switch and an election hang on. Asked of the
// replicas themselves: what a master knows about them is up to a second old.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Member, NodeAddress } from './model.ts';
import { observeMember } from './observe.ts';
import type { ActionContext } from './tell.ts';

const pauseMs = 10;

/**
 * Waits until every follower has all that the leader, who takes no writes, has at this moment.
 * @returns the names of those that did not make it within `withinMs`; empty when all did.
 */
export async function levelWith(
  context: ActionContext,
  leader: NodeAddress,
  followers: readonly NodeAddress[],
  withinMs: number,
): Promise<readonly string[]> {
  const endMs = context.nowMs() + withinMs;
  const offset = (await observeMember(context.links, leader)).answer?.offset ?? Number.POSITIVE_INFINITY;
  for (;;) {
    const members = await Promise.all(followers.map((each) => observeMember(context.links, each)));
    const behind = members.filter((member) => !hasAll(member, offset));
    if (behind.length === 0 || context.nowMs() >= endMs) return behind.map(({ name }) => name);
    await sleep(pauseMs);
  }
}

function hasAll({ answer }: Member, offset: number): boolean {
  return answer?.linkUp === true && !answer.syncing && answer.offset >= offset;
}

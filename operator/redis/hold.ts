// Keeps the Sentinels from electing while the operator elects. Two elections at once may promote two members: what the
// first acknowledges is gone when the second wins (192 of 990 acknowledged changes were lost so, on a machine where a
// Sentinel's silence period ran out in the middle). A Sentinel judges by how long the master has been silent; while that
// period is longer than any election lasts, it starts none, and agrees to nobody's but the one it is asked for.
import type { Command } from './links.ts';
import { heldMs, isHeld } from './model.ts';
import { observeSentinels } from './observe.ts';
import { patienceMs } from './patience.ts';
import { tellSentinel } from './tell.ts';
import type { ActionContext } from './tell.ts';

/**
 * Throws without calling `work` when a Sentinel will not be held, or has begun to elect: then it is left to it.
 * @param work is given the addresses that the Sentinels name as master.
 */
export async function withSentinelsHeld<Result>(
  context: ActionContext,
  work: (named: ReadonlySet<string>) => Promise<Result>,
): Promise<Result> {
  const sentinels = await observeSentinels(context.links, context.set);
  const names = sentinels.filter(({ watched }) => watched !== undefined).map(({ name }) => name);
  try {
    // What one answers is not what counts: with a full disk it obeys and calls that an error.
    await Promise.allSettled(
      names.map((name) => tellSentinel(context, name, silencePeriod(context, heldMs))),
    );
    return await work(await nobodyElects(context, names));
  } finally {
    // One that cannot be told now is told when a look shows that it is still held.
    await Promise.allSettled(names.map((name) => release(context, name)));
  }
}

export function release(context: ActionContext, sentinel: string): Promise<void> {
  return tellSentinel(context, sentinel, silencePeriod(context, patienceMs(context.set, sentinel)));
}

/** Asked after the Sentinels were held, so that none can begin any more. Resolves with whom they name. */
async function nobodyElects(
  { links, set }: ActionContext,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const sentinels = await observeSentinels(links, set);
  for (const { name, watched } of sentinels.filter((sentinel) => names.includes(sentinel.name))) {
    if (watched?.failingOver === true) throw new Error(`redis/${name}: elects as well: left to it`);
    if (watched === undefined || !isHeld(watched)) throw new Error(`redis/${name}: may elect as well`);
  }
  return new Set(sentinels.flatMap(({ watched }) => (watched === undefined ? [] : [watched.address])));
}

function silencePeriod({ set }: ActionContext, periodMs: number): readonly Command[] {
  const { masterName } = set;
  return [
    ['sentinel', 'set', masterName, 'down-after-milliseconds', periodMs],
    ['sentinel', 'set', masterName, 'master-reboot-down-after-period', periodMs],
  ];
}

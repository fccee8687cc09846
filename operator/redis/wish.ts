// A planned switch that somebody asked for, by spec.switchover. It is tried until it was carried out: right after a
// member came back a Sentinel may not yet see it, and then nothing was done to anybody. Not for ever, though: a wish
// that cannot be met must not come true next week.
import type { PassResult } from './pass.ts';

export interface Switchover {
  readonly to: string;
  /** A new one for every wish. */
  readonly id: string;
}

const tries = 3;

export interface Wish {
  /** The member to switch to; undefined when there is no wish, or the last one is handled. */
  target(switchover: Switchover | undefined, handledId: string | undefined): string | undefined;
  /** The id of the last wish that was carried out or given up, after this pass. */
  handled(
    switchover: Switchover | undefined,
    handledId: string | undefined,
    result: Pick<PassResult, 'done' | 'verdict'>,
  ): string | undefined;
}

export function createWish(): Wish {
  let failed = { id: '', times: 0 };
  return {
    target: (switchover, handledId) =>
      switchover === undefined || switchover.id === handledId ? undefined : switchover.to,
    handled: (switchover, handledId, { done, verdict }) => {
      if (switchover === undefined) return handledId;
      const { to, id } = switchover;
      const tried = done.find(({ action }) => action.kind === 'switch' && action.to === to);
      if (tried?.error !== undefined) failed = { id, times: failed.id === id ? failed.times + 1 : 1 };
      const isDone = tried !== undefined && tried.error === undefined;
      const isGivenUp = failed.id === id && failed.times >= tries;
      return isDone || isGivenUp || to === verdict.master ? id : handledId;
    },
  };
}

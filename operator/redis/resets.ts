// When a Sentinel may be made to forget again. A stranger that lives comes back after a reset: not a reason to reset the
// same Sentinel without end. A reset that calls a late failover off forgets nobody, and is always due: by the reset itself
// that Sentinel may begin the next one at once, and a master that hung twice and came back was replaced while it served.
import type { Action } from './model.ts';
import { keyOf } from './settle.ts';

const betweenMs = 30_000;

export interface Resets {
  readonly isTooSoon: (action: Action, nowMs: number) => boolean;
  readonly note: (action: Action, nowMs: number) => void;
}

const forgets = (action: Action): boolean => action.kind === 'reset' && action.forgets.length > 0;

export function createResets(): Resets {
  /** When each Sentinel was last made to forget the same. */
  const doneMs = new Map<string, number>();
  return {
    isTooSoon: (action, nowMs) =>
      forgets(action) && nowMs - (doneMs.get(keyOf(action)) ?? Number.NEGATIVE_INFINITY) < betweenMs,
    note: (action, nowMs) => {
      if (!forgets(action)) return;
      for (const [key, atMs] of doneMs) if (nowMs - atMs >= betweenMs) doneMs.delete(key);
      doneMs.set(keyOf(action), nowMs);
    },
  };
}

// Holds an action back until its reason has been seen in every look for as long as the rule asked. One look is
// never proof: nodes are asked one after another, and the world changes in between.
import type { Action, Intent } from './model.ts';

export interface Settler {
  /** The actions that are due now, given what this look wants done. */
  due(intents: readonly Intent[], nowMs: number): readonly Action[];
  /** Whether something waits to settle: look again soon. */
  pending(): boolean;
}

export function createSettler(): Settler {
  let since = new Map<string, number>();
  let waiting = false;
  return {
    due: (intents, nowMs) => {
      const next = new Map<string, number>();
      const due: Action[] = [];
      for (const { action, settleMs } of intents) {
        const key = keyOf(action);
        const firstSeenMs = since.get(key) ?? nowMs;
        next.set(key, firstSeenMs);
        if (nowMs - firstSeenMs >= settleMs) due.push(action);
      }
      since = next;
      waiting = due.length < intents.length;
      return due;
    },
    pending: () => waiting,
  };
}

/** Everything but `why`, whose wording may change from look to look. */
export function keyOf(action: Action): string {
  return JSON.stringify({ ...action, why: undefined });
}

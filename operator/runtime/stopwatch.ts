// How long something has been as it is: told its present form again and again, it says since when nothing changed.
import type { Clock } from './clock.ts';

/** Milliseconds since `key` was first given without another in between. */
export function createStopwatch(clock: Clock): (key: string) => number {
  let known: { readonly key: string; readonly sinceMs: number } | null = null;
  return (key) => {
    const nowMs = clock.nowMs();
    if (known?.key !== key) known = { key, sinceMs: nowMs };
    return nowMs - known.sinceMs;
  };
}

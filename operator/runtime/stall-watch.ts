// Knows how long this process itself did not run. On a starved machine everybody seems silent at once; time in which
// we could not listen must not count as somebody's silence, or starvation turns into failovers.
import type { Clock } from './clock.ts';

export interface StallWatch {
  /** Milliseconds since `sinceMs` (of the clock) in which this process was late. */
  deafMs(sinceMs: number): number;
  stop(): void;
}

const TICK_MS = 100;
/** Lateness below this is ordinary. */
const LATE_MS = 150;
const REMEMBERED = 100;

export function startStallWatch(clock: Clock): StallWatch {
  let stalls: readonly { readonly endedMs: number; readonly lateMs: number }[] = [];
  let cancel = (): void => undefined;
  const tick = (dueMs: number): void => {
    const nowMs = clock.nowMs();
    const lateMs = nowMs - dueMs;
    if (lateMs >= LATE_MS) stalls = [...stalls, { endedMs: nowMs, lateMs }].slice(-REMEMBERED);
    cancel = clock.after(TICK_MS, () => tick(nowMs + TICK_MS));
  };
  tick(clock.nowMs());
  return {
    deafMs: (sinceMs) =>
      stalls
        .filter(({ endedMs }) => endedMs > sinceMs)
        .reduce((sum, { endedMs, lateMs }) => sum + Math.min(lateMs, endedMs - sinceMs), 0),
    stop: () => cancel(),
  };
}

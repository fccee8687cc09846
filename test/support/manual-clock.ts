// A clock that stands still until a test turns it; due timers run in order, each followed by a turn of the event
// loop so that the promises they start can settle.
import type { Clock } from '../../operator/runtime/clock.ts';

export interface ManualClock extends Clock {
  advance(byMs: number): Promise<void>;
}

interface Timer {
  readonly atMs: number;
  readonly action: () => void;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

export function createManualClock(startMs = 1_000_000): ManualClock {
  let nowMs = startMs;
  const timers = new Set<Timer>();
  const nextDue = (untilMs: number): Timer | undefined =>
    [...timers].filter((timer) => timer.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)[0];
  return {
    nowMs: () => nowMs,
    date: () => new Date(nowMs),
    after: (delayMs, action) => {
      const timer = { atMs: nowMs + delayMs, action };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance: async (byMs) => {
      const untilMs = nowMs + byMs;
      await settle();
      for (let due = nextDue(untilMs); due; due = nextDue(untilMs)) {
        timers.delete(due);
        nowMs = due.atMs;
        due.action();
        await settle();
        await settle();
      }
      nowMs = untilMs;
    },
  };
}

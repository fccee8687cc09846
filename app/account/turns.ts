// Taking turns at work that must not all run at once: some at a time, a queue with a limit behind them, and nothing is
// begun for a request whose time is over by its turn. Who is sent away reads 503 with Retry-After.
import { unavailable } from '../http/errors.ts';
import type { Deadline } from '../platform/deadline.ts';
import { remainingMs } from '../platform/deadline.ts';

export interface TurnSettings {
  readonly atOnce: number;
  readonly mostWaiting: number;
}

export type InTurn = <T>(work: () => Promise<T>, deadline: Deadline) => Promise<T>;

export function createTurns({ atOnce, mostWaiting }: TurnSettings): InTurn {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function turn(): Promise<void> {
    if (running < atOnce) {
      running += 1;
      return;
    }
    if (waiting.length >= mostWaiting) throw unavailable(new Error('too many wait for their turn'));
    // The place of whoever is done is handed on, so `running` stays.
    await new Promise<void>((resolve) => waiting.push(resolve));
  }

  return async (work, deadline) => {
    await turn();
    try {
      if (remainingMs(deadline) === 0) throw unavailable(new Error('the turn came after the deadline'));
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

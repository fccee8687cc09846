// Work that is done again and again in the background: never twice at once, never faster than its pause, ended in
// order. A failure is logged and the next turn comes; it must not take the web process with it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

export interface Periodic {
  /** Tells a turn that is under way. Resolves when it has ended, or after `withinMs`: it is waited for no longer then. */
  readonly stop: (withinMs: number) => Promise<void>;
}

export interface PeriodicSettings {
  readonly name: string;
  readonly pauseMs: number;
  readonly log: Log;
}

/**
 * Pauses are drawn between half and all of `pauseMs`, so that the pods do not all come at once. A turn of many steps
 * begins none once it is stopping: what the process has to do before it ends comes after it.
 */
export function startPeriodic(
  settings: PeriodicSettings,
  turn: (stopping: AbortSignal) => Promise<void>,
): Periodic {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();

  async function run(): Promise<void> {
    try {
      await turn(stopping.signal);
    } catch (error) {
      settings.log.warn({ err: error, work: settings.name }, 'background work failed');
    }
    plan();
  }

  function plan(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(
      () => {
        running = run();
      },
      settings.pauseMs * (0.5 + Math.random() / 2),
    );
    timer.unref();
  }

  plan();
  return {
    stop: async (withinMs) => {
      stopping.abort();
      clearTimeout(timer);
      const end = new AbortController();
      const tooLate = sleep(withinMs, undefined, { signal: end.signal }).catch(() => undefined);
      await Promise.race([running, tooLate]);
      end.abort();
    },
  };
}

// Work that is done again and again in the background: never twice at once, never faster than its pause, ended in
// order. A failure is logged and the next turn comes; it must not take the web process with it.
import type { Log } from './log.ts';

export interface Periodic {
  /** Resolves when a turn that is under way has ended. */
  readonly stop: () => Promise<void>;
}

export interface PeriodicSettings {
  readonly name: string;
  readonly pauseMs: number;
  readonly log: Log;
}

/** Pauses are drawn between half and all of `pauseMs`, so that the pods do not all come at once. */
export function startPeriodic(settings: PeriodicSettings, turn: () => Promise<void>): Periodic {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let stopped = false;

  async function run(): Promise<void> {
    try {
      await turn();
    } catch (error) {
      settings.log.warn({ err: error, work: settings.name }, 'background work failed');
    }
    plan();
  }

  function plan(): void {
    if (stopped) return;
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
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}

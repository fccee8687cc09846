// Whether one more request is taken on. A process with more work than it can do in time would answer everybody late;
// it refuses some at once instead, visitors who have not begun to shop before those who have.
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Load {
  /** Requests that are worked on. */
  readonly inFlight: number;
  /** How late the event loop came to its work in the last second, in milliseconds: the mean. */
  readonly delayMs: number;
  /** Requests that came in during that second. */
  readonly asked: number;
}

export interface AdmissionLimits {
  readonly maxInFlight: number;
  readonly maxDelayMs: number;
}

/** The part of the limits that is open to visitors without a session. */
const FOR_NEWCOMERS = 0.75;

/**
 * A loop that is late with fewer requests in a second is not late because of them, for a page costs a millisecond or a
 * few. It is starved of CPU by others on its node (pods that start), and to refuse some would help nobody.
 */
const TOO_FEW_TO_BLAME = 50;

export function isRefused(load: Load, limits: AdmissionLimits, isNewcomer: boolean): boolean {
  const part = isNewcomer ? FOR_NEWCOMERS : 1;
  if (load.inFlight >= limits.maxInFlight * part) return true;
  return load.asked >= TOO_FEW_TO_BLAME && load.delayMs >= limits.maxDelayMs * part;
}

export interface LoopWatch {
  /** One more request came in. */
  readonly note: () => void;
  /** Of the last second that is over. */
  readonly last: () => Omit<Load, 'inFlight'>;
  readonly stop: () => void;
}

const SAMPLE_MS = 20;
const WINDOW_MS = 1_000;

/**
 * Watches the event loop of this process until it is stopped. The mean, because that is what tells more work than can be
 * done from a stall: a loop whose every turn takes 300 ms has a mean of 300, one that stood still for 300 ms once in the
 * second one of ten, for it was on time dozens of times besides.
 */
export function watchLoop(): LoopWatch {
  const histogram = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  histogram.enable();
  let last = { delayMs: 0, asked: 0 };
  let asked = 0;
  const timer = setInterval(() => {
    // What is recorded is the time between two samples; without a single one the loop was blocked all the time.
    const delayMs = histogram.count === 0 ? WINDOW_MS : Math.max(0, histogram.mean / 1e6 - SAMPLE_MS);
    last = { delayMs, asked };
    asked = 0;
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    note: () => (asked += 1),
    last: () => last,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

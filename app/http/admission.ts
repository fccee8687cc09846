// Whether one more request is taken on. A process with more work than it can do in time would answer everybody late;
// it refuses some at once instead, visitors who have not begun to shop before those who have.
import { monitorEventLoopDelay } from 'node:perf_hooks';

export interface Load {
  /** Requests that are worked on. */
  readonly inFlight: number;
  /** How late the event loop comes to its work, in milliseconds: the mean of the last second. */
  readonly delayMs: number;
}

export interface AdmissionLimits {
  readonly maxInFlight: number;
  readonly maxDelayMs: number;
}

/** The part of the limits that is open to visitors without a session. */
const FOR_NEWCOMERS = 0.75;

export function isRefused(load: Load, limits: AdmissionLimits, isNewcomer: boolean): boolean {
  const part = isNewcomer ? FOR_NEWCOMERS : 1;
  return load.inFlight >= limits.maxInFlight * part || load.delayMs >= limits.maxDelayMs * part;
}

export interface LoopDelay {
  readonly delayMs: () => number;
  readonly stop: () => void;
}

const SAMPLE_MS = 20;
const WINDOW_MS = 1_000;

/**
 * Watches the event loop of this process until it is stopped. The mean, because that is what tells more work than can be
 * done from a stall: a loop whose every turn takes 300 ms has a mean of 300, one that stood still for 300 ms once in the
 * second one of ten, for it was on time dozens of times besides.
 */
export function watchLoopDelay(): LoopDelay {
  const histogram = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  histogram.enable();
  let delayMs = 0;
  const timer = setInterval(() => {
    // What is recorded is the time between two samples; without a single one the loop was blocked all the time.
    delayMs = histogram.count === 0 ? WINDOW_MS : Math.max(0, histogram.mean / 1e6 - SAMPLE_MS);
    histogram.reset();
  }, WINDOW_MS);
  timer.unref();
  return {
    delayMs: () => delayMs,
    stop: () => {
      clearInterval(timer);
      histogram.disable();
    },
  };
}

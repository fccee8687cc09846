// One moment by which a request must be answered. It is handed down so that the retries and waits below a
// request share one budget instead of each having its own.

/** A point on the monotonic clock, in milliseconds. */
export type Deadline = number;

export function deadlineIn(durationMs: number): Deadline {
  return performance.now() + durationMs;
}

/** Milliseconds left; never negative. */
export function remainingMs(deadline: Deadline): number {
  return Math.max(0, deadline - performance.now());
}

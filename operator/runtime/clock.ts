// Time as a dependency: everything that waits or measures takes a Clock, so that tests can turn it by hand.
// nowMs() is monotonic and local: it is never compared with another machine's clock.
export interface Clock {
  /** Monotonic milliseconds since an arbitrary point. */
  nowMs(): number;
  /** Wall-clock time, for what people read: status fields, events, Lease times. */
  date(): Date;
  /** Calls `action` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  date: () => new Date(),
  after: (delayMs, action) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

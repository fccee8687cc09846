// The longest time between two acknowledgements, over all writers or shoppers of a ledger, and when it was.
export interface Outage {
  readonly outageMs: number;
  /** When it began, in milliseconds since mark(). */
  readonly outageAtMs: number;
}

export interface OutageWatch {
  /** From here on outages are measured anew. */
  readonly mark: () => void;
  readonly acknowledged: () => void;
  /** Longest gap since mark(), the present one included. */
  readonly outageMs: () => number;
  /** Longest gap that has ended, since mark(). */
  readonly longest: () => Outage;
}

export function watchOutages(): OutageWatch {
  let lastAckMs = performance.now();
  let markedMs = lastAckMs;
  let longest: Outage = { outageMs: 0, outageAtMs: 0 };
  return {
    mark: () => {
      lastAckMs = markedMs = performance.now();
      longest = { outageMs: 0, outageAtMs: 0 };
    },
    acknowledged: () => {
      const nowMs = performance.now();
      const outageMs = nowMs - lastAckMs;
      if (outageMs > longest.outageMs) longest = { outageMs, outageAtMs: lastAckMs - markedMs };
      lastAckMs = nowMs;
    },
    outageMs: () => Math.round(Math.max(longest.outageMs, performance.now() - lastAckMs)),
    longest: () => ({
      outageMs: Math.round(longest.outageMs),
      outageAtMs: Math.round(longest.outageAtMs),
    }),
  };
}

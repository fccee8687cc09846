// A bounded open-loop load: requests leave at their times whether or not earlier ones were answered, so that a
// stall shows as failures and latency instead of fewer requests. Ends by itself; keeps every failure.

export interface LoadOptions {
  readonly perSecond: number;
  /** One request; what it throws is a failure, what it returns is counted by name (for example the pod). */
  readonly request: (sequence: number) => Promise<string>;
  /** More requests than this under way at once count as failed without being sent. @default 200 */
  readonly maxUnderWay?: number;
  /** Ends by itself after this, in milliseconds, when nobody stops it. @default 300000 */
  readonly limitMs?: number;
}

export interface LoadResult {
  readonly sent: number;
  readonly answered: number;
  readonly failures: readonly { readonly atMs: number; readonly reason: string }[];
  /** How often each name was returned. */
  readonly by: ReadonlyMap<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface Load {
  /** Sends no more, waits for what is under way, and returns what happened. */
  stop: () => Promise<LoadResult>;
}

/** Starts the load. The caller stops it, also when its test fails (`finally`). */
export function startLoad(options: LoadOptions): Load {
  const { perSecond, request, maxUnderWay = 200, limitMs = 300_000 } = options;
  const start = performance.now();
  const tally = createTally(start);
  const underWay = new Set<Promise<void>>();
  let sent = 0;
  const sendDue = (): void => {
    const elapsedMs = performance.now() - start;
    if (elapsedMs > limitMs) {
      clearInterval(timer);
      return;
    }
    const due = Math.floor((elapsedMs / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      if (underWay.size >= maxUnderWay) {
        tally.failed(`not sent: ${maxUnderWay} requests under way`);
        continue;
      }
      const sequence = sent;
      const counted = tally.count(() => request(sequence));
      const one: Promise<void> = counted.finally(() => underWay.delete(one));
      underWay.add(one);
    }
  };
  const timer = setInterval(sendDue, Math.min(20, 1000 / perSecond));
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      return tally.result(sent);
    },
  };
}

/** What became of the requests so far. */
function createTally(startMs: number) {
  const failures: { atMs: number; reason: string }[] = [];
  const latencies: number[] = [];
  const by = new Map<string, number>();
  const failed = (reason: string): void => {
    failures.push({ atMs: Math.round(performance.now() - startMs), reason });
  };
  return {
    failed,
    /** Never rejects. */
    count: async (request: () => Promise<string>): Promise<void> => {
      const sentAt = performance.now();
      try {
        const name = await request();
        latencies.push(performance.now() - sentAt);
        by.set(name, (by.get(name) ?? 0) + 1);
      } catch (error) {
        failed(error instanceof Error ? error.message : String(error));
      }
    },
    result: (sent: number): LoadResult => {
      latencies.sort((a, b) => a - b);
      const at = (share: number): number =>
        Math.round(latencies[Math.floor(share * (latencies.length - 1))] ?? 0);
      const quantiles = { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
      return { sent, answered: latencies.length, failures, by, ...quantiles };
    },
  };
}

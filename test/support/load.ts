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
  const failures: { atMs: number; reason: string }[] = [];
  const latencies: number[] = [];
  const by = new Map<string, number>();
  const underWay = new Set<Promise<void>>();
  let sent = 0;

  const fail = (reason: string): void => {
    failures.push({ atMs: Math.round(performance.now() - start), reason });
  };
  const sendOne = async (sequence: number): Promise<void> => {
    const sentAt = performance.now();
    try {
      const name = await request(sequence);
      latencies.push(performance.now() - sentAt);
      by.set(name, (by.get(name) ?? 0) + 1);
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error));
    }
  };
  const sendDue = (): void => {
    const elapsedMs = performance.now() - start;
    if (elapsedMs > limitMs) {
      clearInterval(timer);
      return;
    }
    const due = Math.floor((elapsedMs / 1000) * perSecond);
    for (; sent < due; sent += 1) {
      if (underWay.size >= maxUnderWay) {
        fail(`not sent: ${maxUnderWay} requests under way`);
        continue;
      }
      const one: Promise<void> = sendOne(sent).finally(() => underWay.delete(one));
      underWay.add(one);
    }
  };
  const timer = setInterval(sendDue, Math.min(20, 1000 / perSecond));
  return {
    stop: async () => {
      clearInterval(timer);
      await Promise.all(underWay);
      latencies.sort((a, b) => a - b);
      const at = (share: number): number =>
        Math.round(latencies[Math.floor(share * (latencies.length - 1))] ?? 0);
      return {
        sent,
        answered: latencies.length,
        failures,
        by,
        p50Ms: at(0.5),
        p99Ms: at(0.99),
        maxMs: at(1),
      };
    },
  };
}

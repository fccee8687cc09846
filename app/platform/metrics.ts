// What the shop counts, in Prometheus' format on the ops port. Labels are route patterns and fixed words, never
// URLs or ids: a label per shopper would outgrow the memory of every scraper.
import { performance } from 'node:perf_hooks';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Histogram<'method' | 'route' | 'status'>;
  readonly postgresRetries: Counter<'pool'>;
  readonly postgresTransactions: Counter;
  readonly postgresCheckouts: Counter<'pool'>;
  readonly replicaRefusals: Counter<'reason'>;
  readonly redisOperations: Histogram<'connection' | 'operation' | 'outcome'>;
  readonly sessionEvents: Counter<'event'>;
  readonly cartChanges: Counter<'verb' | 'outcome'>;
  readonly orders: Counter<'outcome'>;
  readonly refused: Counter<'reason'>;
  readonly cacheReads: Tallies<'cache' | 'outcome'>;
  readonly cacheLoads: Counter<'cache' | 'from'>;
  readonly cacheAge: Histogram<'cache'>;
}

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

function counter<L extends string>(registry: Registry, name: string, help: string, labelNames: L[]) {
  return new Counter<L>({ name, help, labelNames, registers: [registry] });
}

/** A counter that is given its labels once and for all. */
export interface Tallies<L extends string> {
  readonly of: (labels: Readonly<Record<L, string>>) => () => void;
}

/** Of what happens with every request: prom-client would check and look up the labels each time. It is told when it is read. */
function tallied<L extends string>(
  registry: Registry,
  name: string,
  help: string,
  labelNames: L[],
): Tallies<L> {
  const tallies: { readonly labels: Readonly<Record<L, string>>; count: number }[] = [];
  new Counter<L>({
    ...{ name, help, labelNames, registers: [registry] },
    collect() {
      for (const tally of tallies) {
        this.inc(tally.labels, tally.count);
        tally.count = 0;
      }
    },
  });
  return {
    of: (labels) => {
      const tally = { labels, count: 0 };
      tallies.push(tally);
      return () => {
        tally.count += 1;
      };
    },
  };
}

/** Event-loop utilisation since the last scrape: the honest signal for scaling, default metrics lack it. */
function collectUtilisation(registry: Registry): void {
  let last = performance.eventLoopUtilization();
  new Gauge({
    name: 'shop_event_loop_utilisation',
    help: 'Share of time the event loop was busy since the last scrape, 0 to 1',
    registers: [registry],
    collect() {
      const now = performance.eventLoopUtilization();
      this.set(performance.eventLoopUtilization(now, last).utilization);
      last = now;
    },
  });
}

/** Hit ratio = rate of reads with outcome hit, stale or coalesced over the rate of all. */
function cacheMetrics(registry: Registry): Pick<Metrics, 'cacheReads' | 'cacheLoads' | 'cacheAge'> {
  return {
    cacheReads: tallied(registry, 'shop_cache_reads_total', 'Answers of the catalogue’s caches', [
      'cache',
      'outcome',
    ]),
    cacheLoads: counter(registry, 'shop_cache_loads_total', 'Loads, by where the answer came from', [
      'cache',
      'from',
    ]),
    cacheAge: new Histogram({
      name: 'shop_cache_age_seconds',
      help: 'Age of an answer since it was loaded; true all the while where Redis tells of changes',
      labelNames: ['cache'],
      buckets: [0.001, 0.5, 1, 5, 15, 30, 60, 300, 3_600],
      registers: [registry],
    }),
  };
}

function postgresMetrics(registry: Registry) {
  return {
    postgresRetries: counter(registry, 'shop_postgres_retries_total', 'Work tried again after a fault', [
      'pool',
    ]),
    postgresCheckouts: counter(
      registry,
      'shop_postgres_checkouts_total',
      'Connections used: trips to Postgres',
      ['pool'],
    ),
    postgresTransactions: counter(registry, 'shop_postgres_transactions_total', 'Transactions begun', []),
    replicaRefusals: counter(
      registry,
      'shop_postgres_replica_refusals_total',
      'Reads that went to the primary because a replica could not serve them',
      ['reason'],
    ),
  };
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  collectUtilisation(registry);
  return {
    registry,
    requests: new Histogram({
      name: 'shop_http_request_seconds',
      help: 'Time from the first byte of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: SECONDS,
      registers: [registry],
    }),
    redisOperations: new Histogram({
      name: 'shop_redis_operation_seconds',
      help: 'Time of one operation on Redis, WAIT included',
      labelNames: ['connection', 'operation', 'outcome'],
      buckets: SECONDS,
      registers: [registry],
    }),
    ...postgresMetrics(registry),
    sessionEvents: counter(registry, 'shop_session_events_total', 'What happened to sessions', ['event']),
    cartChanges: counter(registry, 'shop_cart_changes_total', 'Changes of carts', ['verb', 'outcome']),
    orders: counter(registry, 'shop_orders_total', 'Attempts to order', ['outcome']),
    ...cacheMetrics(registry),
    refused: counter(registry, 'shop_refused_total', 'Requests refused before work began', ['reason']),
  };
}

export interface PoolStats {
  readonly name: string;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Whether Redis tells this process of changes; 0 for long means that the caches cost more loads. */
export function observeFeed(metrics: Metrics, isLive: () => boolean): void {
  new Gauge({
    name: 'shop_cache_feed_live',
    help: '1 while Redis tells this process which cached articles have changed',
    registers: [metrics.registry],
    collect() {
      this.set(isLive() ? 1 : 0);
    },
  });
}

export function observeReplica(metrics: Metrics, lagMs: () => number): void {
  new Gauge({
    name: 'shop_postgres_replica_lag_seconds',
    help: 'How far behind the replica that was asked last was',
    registers: [metrics.registry],
    collect() {
      this.set(lagMs() / 1000);
    },
  });
}

/** Adds gauges that are read at scrape time. */
export function observePools(metrics: Metrics, stats: () => readonly PoolStats[]): void {
  new Gauge({
    name: 'shop_postgres_connections',
    help: 'Connections per pool and state',
    labelNames: ['pool', 'state'],
    registers: [metrics.registry],
    collect() {
      for (const pool of stats()) {
        this.set({ pool: pool.name, state: 'busy' }, pool.total - pool.idle);
        this.set({ pool: pool.name, state: 'idle' }, pool.idle);
        this.set({ pool: pool.name, state: 'waiting' }, pool.waiting);
      }
    },
  });
}

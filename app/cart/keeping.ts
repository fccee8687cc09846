// Carts kept in Redis and in Postgres: the store itself, and the work behind it. After every lost connection to Redis,
// which may have been a failover, what was changed lately is compared and repaired; what Postgres acknowledged while
// Redis was away is brought back within a turn.
import type { Database } from '../platform/pg.ts';
import type { Log } from '../platform/log.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { AppRedis } from '../platform/redis.ts';
import type { CartStore } from './cart.ts';
import { createKeptCarts } from './kept-store.ts';
import { createCartMetrics } from './metrics.ts';
import type { CartMetrics } from './metrics.ts';
import { createRedisCarts } from './redis-store.ts';
import { joinAhead, repairRecent } from './repair.ts';
import type { RepairParts } from './repair.ts';
import { createSecondCopy, NO_SECOND_COPY } from './second-copy.ts';
import { createWriteThrough } from './write-through.ts';
import type { WriteThrough } from './write-through.ts';

export interface CartKeeping {
  readonly store: CartStore;
  /** One turn of the work behind it; called again and again, never twice at once. */
  readonly turn: () => Promise<void>;
  /** Brings what Redis acknowledged to Postgres before the process ends. */
  readonly close: (withinMs: number) => Promise<void>;
}

interface CartKeepingParts {
  readonly redis: AppRedis;
  readonly db: Database;
  readonly metrics: CartMetrics;
  readonly log: Log;
}

/** A failover loses at most what was written in the seconds before it. */
const SWEPT_SECONDS = 120;
/** What this pod has still to write would be missed by a sweep. */
const SETTLED_MS = 250;

/** Redis alone: what its own promises keep, and no more. */
function keepCartsInRedis({ redis, metrics }: Pick<CartKeepingParts, 'redis' | 'metrics'>): CartKeeping {
  const store = createKeptCarts({
    redis: createRedisCarts(redis),
    copy: NO_SECOND_COPY,
    event: (event) => metrics.events.inc({ event }),
  });
  return { store, turn: () => Promise.resolve(), close: () => Promise.resolve() };
}

function writeThroughOf({ db, metrics, log }: CartKeepingParts): WriteThrough {
  const writeThrough = createWriteThrough(db, {
    failed: (error) => log.warn({ err: error }, 'carts: not written to Postgres yet'),
    dropped: () => metrics.events.inc({ event: 'dropped' }),
    written: (outcome) => metrics.events.inc({ event: `written-${outcome}` }),
  });
  metrics.observe(writeThrough.stats);
  return writeThrough;
}

function sweeper(parts: CartKeepingParts, repairs: RepairParts, writeThrough: WriteThrough) {
  let swept = -1;
  return async (): Promise<void> => {
    const generation = parts.redis.generation();
    if (generation === swept || writeThrough.stats().lagMs > SETTLED_MS) return;
    const repaired = await repairRecent(repairs, parts.db, SWEPT_SECONDS);
    swept = generation;
    if (repaired === 0) return;
    parts.metrics.events.inc({ event: 'repaired' }, repaired);
    parts.log.warn({ repaired }, 'carts: Redis lacked changes, they are back from Postgres');
  };
}

function keepCarts(parts: CartKeepingParts): CartKeeping {
  const writeThrough = writeThroughOf(parts);
  const redis = createRedisCarts(parts.redis);
  const repairs: RepairParts = { redis, copy: writeThrough };
  const sweep = sweeper(parts, repairs, writeThrough);
  return {
    store: createKeptCarts({
      redis,
      copy: createSecondCopy(parts.db, writeThrough),
      event: (event) => parts.metrics.events.inc({ event }),
    }),
    turn: async () => {
      await sweep();
      const joined = await joinAhead(repairs, parts.db);
      if (joined > 0) parts.metrics.events.inc({ event: 'joined-back' }, joined);
    },
    close: writeThrough.close,
  };
}

/** `off` leaves carts to Redis alone. */
export function openCarts(
  writeThrough: 'async' | 'off',
  { redis, db, metrics }: { redis: AppRedis; db: Database; metrics: Metrics },
  log: Log,
): CartKeeping {
  const parts = { redis, db, log, metrics: createCartMetrics(metrics.registry) };
  return writeThrough === 'off' ? keepCartsInRedis(parts) : keepCarts(parts);
}

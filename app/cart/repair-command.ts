// `repair-carts [DAYS]`: compares every cart that was changed in the last days in Postgres with the one in Redis, and gives
// Redis back what it lacks, as after a restore of Redis or a doubt about what it kept. The pods do the same by themselves
// for the last minutes. May run at any time, also twice at once, for joining is idempotent.
import type { Log } from '../platform/log.ts';
import type { Database } from '../platform/pg.ts';
import type { AppRedis } from '../platform/redis.ts';
import { createRedisCarts } from './redis-store.ts';
import { repairRecent } from './repair.ts';
import type { RepairParts } from './repair.ts';

const CONNECT_WITHIN_MS = 10_000;
const SECONDS_PER_DAY = 86_400;
/** A cart lives as long in Redis. */
const MOST_DAYS = 30;

/** Postgres has it already. */
const nothing = (): void => undefined;

/** Resolves with how many carts lacked something. Throws when either store cannot be reached. */
export async function repairCarts(
  { redis, db, log }: { redis: AppRedis; db: Database; log: Log },
  [given = String(MOST_DAYS)]: readonly string[],
): Promise<number> {
  const days = Number(given);
  if (!(days > 0 && days <= MOST_DAYS)) {
    throw new Error(`repair-carts: "${given}" is not a number of days up to ${MOST_DAYS}`);
  }
  await redis.ready(CONNECT_WITHIN_MS);
  const parts: RepairParts = { redis: createRedisCarts(redis), copy: { put: nothing } };
  const repaired = await repairRecent(parts, db, days * SECONDS_PER_DAY);
  log.info({ days, repaired }, 'repair-carts: Redis has what Postgres knows');
  return repaired;
}

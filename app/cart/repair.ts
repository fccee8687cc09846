// Gives Redis back what only Postgres knows of carts: what was acknowledged by Postgres while Redis was away, and what
// a failover or a second master made Redis lose. Joining is idempotent, so every pod may do it, at the same time.
import { deadlineIn } from '../platform/deadline.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { StoreUnavailable } from '../platform/store-unavailable.ts';
import { findAhead, findRecent } from './copy-repository.ts';
import type { HeldRecord } from './copy-repository.ts';
import { contains, joinRecords } from './record.ts';
import { textOf } from './record-text.ts';
import type { CartRecord } from './record.ts';
import type { RedisCarts } from './redis-store.ts';
import type { WriteThrough } from './write-through.ts';

export interface RepairParts {
  readonly redis: RedisCarts;
  readonly copy: Pick<WriteThrough, 'put'>;
}

const TRIES = 3;
const PATIENCE_MS = 500;
const READ_WITHIN_MS = 2_000;
const AT_ONCE = 200;
/** A sweep ends here, however many carts are being changed. */
const MOST_PAGES = 500;

/**
 * Joins Postgres' record into Redis' one. Resolves with what Redis holds afterwards, acknowledged by a replica, and
 * throws StoreUnavailable when Redis is away.
 */
export async function repair(
  { redis, copy }: RepairParts,
  { holder, record: theirs }: HeldRecord,
  patienceMs: number,
): Promise<CartRecord> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const mine = await redis.read(holder, patienceMs);
    if (contains(mine, theirs)) {
      copy.put(holder, textOf(mine));
      return mine;
    }
    const joined = joinRecords(mine, theirs);
    if (await redis.replace(holder, mine, joined, patienceMs)) {
      copy.put(holder, textOf(joined));
      return joined;
    }
  }
  throw new StoreUnavailable(`carts: ${TRIES} tries to repair one met other changes each time`);
}

/** Brings back what Postgres acknowledged in Redis' place. Resolves with how many carts that were. */
export async function joinAhead(parts: RepairParts, db: Database): Promise<number> {
  const options = onPrimary(deadlineIn(READ_WITHIN_MS));
  const ahead = await db.read((q) => findAhead(q, AT_ONCE), options);
  for (const held of ahead) await repair(parts, held, PATIENCE_MS);
  return ahead.length;
}

async function repairPage(parts: RepairParts, page: readonly HeldRecord[]): Promise<number> {
  const inRedis = await parts.redis.readMany(page.map(({ holder }) => holder));
  const lacking = page.filter(({ record }, index) => {
    const mine = inRedis[index];
    return mine === undefined || !contains(mine, record);
  });
  for (const held of lacking) await repair(parts, held, PATIENCE_MS);
  return lacking.length;
}

/**
 * Compares every cart that was changed in the last `seconds` with Redis, and repairs those that lack something.
 * Resolves with how many did.
 */
export async function repairRecent(parts: RepairParts, db: Database, seconds: number): Promise<number> {
  let repaired = 0;
  let after = '';
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const options = onPrimary(deadlineIn(READ_WITHIN_MS));
    const from = after;
    const page = await db.read((q) => findRecent(q, seconds, from, AT_ONCE), options);
    if (page.length > 0) repaired += await repairPage(parts, page);
    if (page.length < AT_ONCE) break;
    after = page.at(-1)?.holder ?? '';
  }
  return repaired;
}

// Telling all pods that articles have changed, after the transaction that changed them: the new copy is read from
// the primary and put into Redis, which tells everybody. Staff wait for it; a shopper's order does not, and is told
// about in the background, several at once where they come quickly. While Redis is away no pod trusts its copies,
// so staff's change counts as told; where it answers but takes no change, this process passes over its old copies of what
// is untold. What a dying process left untold ends with the life of the copies.
import { deadlineIn } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { RedisUnavailable } from '../platform/redis-errors.ts';
import { sql } from '../platform/sql.ts';
import { findProducts } from './repository.ts';
import type { SharedCache } from './shared-cache.ts';

export interface Announcer {
  /**
   * Resolves when every pod has been told, or Redis could not tell them in time: the change is saved all the same. Throws
   * when Postgres could not say in time what the article is now.
   */
  readonly tell: (slugs: readonly string[]) => Promise<void>;
  /** The same, in the background, with whatever is still untold; never throws. */
  readonly note: (slugs: readonly string[]) => void;
  /** Resolves when what was noted has been told, or put off until the next note. */
  readonly settled: () => Promise<void>;
}

const WITHIN_MS = 3_000;
const TRIES = 3;

export const SILENT: Announcer = {
  tell: () => Promise.resolve(),
  note: () => undefined,
  settled: () => Promise.resolve(),
};

export interface AnnouncerDeps {
  readonly db: Database;
  readonly shared: SharedCache;
  /** Of this process's own copies. */
  readonly forget: (slugs: readonly string[]) => void;
  /** What Redis may have old copies of, because it could not be told: kept up to date for those who read them. */
  readonly untold: Set<string>;
  readonly log: Log;
}

async function tellNow(
  { db, shared, forget, untold }: AnnouncerDeps,
  slugs: readonly string[],
): Promise<void> {
  if (slugs.length === 0) return;
  const options = onPrimary(deadlineIn(WITHIN_MS));
  const { entries, lsn } = await db.read(async (q) => {
    const entries = await findProducts(q, slugs);
    const position = await q.row<{ lsn: string }>(sql`SELECT pg_current_wal_lsn()::text AS lsn`);
    return { entries, lsn: position?.lsn ?? '0/0' };
  }, options);
  try {
    await shared.announce(entries, lsn, WITHIN_MS);
    for (const slug of slugs) untold.delete(slug);
  } catch (error) {
    for (const slug of slugs) untold.add(slug);
    forget(slugs);
    // A Redis that is full takes no new copies, but removes the old ones, which tells everybody as well.
    const isFull = error instanceof RedisUnavailable && error.reason === 'refused';
    if (isFull) await shared.drop(slugs).catch(() => undefined);
    throw error;
  }
}

export function createAnnouncer(deps: AnnouncerDeps): Announcer {
  const { log } = deps;
  /** Bounded by the catalogue: an article is in it once. */
  const noted = new Set<string>();
  let telling: Promise<void> | undefined;

  async function tellNoted(): Promise<void> {
    for (let failures = 0; noted.size > 0 && failures < TRIES;) {
      const slugs = [...noted];
      noted.clear();
      try {
        await tellNow(deps, slugs);
      } catch (error) {
        failures += 1;
        for (const slug of slugs) noted.add(slug);
        log.warn({ err: error }, 'catalogue: a change could not be told');
      }
    }
    // What is left waits for the next note: the sweep of stock makes one every half minute, if only an empty one.
  }

  function note(slugs: readonly string[]): void {
    for (const slug of slugs) noted.add(slug);
    telling ??= tellNoted().finally(() => (telling = undefined));
  }

  async function tell(slugs: readonly string[]): Promise<void> {
    try {
      await tellNow(deps, [...new Set(slugs)]);
    } catch (error) {
      // Redis may be back in a moment, with the old copies; and so may Postgres.
      note(slugs);
      if (!(error instanceof RedisUnavailable)) throw error;
      log.warn({ err: error }, 'catalogue: a change is saved, but Redis could not tell of it');
    }
  }

  return { tell, note, settled: () => telling ?? Promise.resolve() };
}

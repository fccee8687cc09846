// Telling all pods that articles have changed, after the transaction that changed them: the new copy is read from
// the primary and put into Redis, which tells everybody. Staff wait for it; a shopper's order does not, and is told
// about in the background, several at once where they come quickly. While Redis is away no pod trusts its copies,
// so nothing has to be told; what a dying process left untold ends with the life of the copies.
import { deadlineIn } from '../platform/deadline.ts';
import type { Log } from '../platform/log.ts';
import type { Database } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { findProducts } from './repository.ts';
import type { SharedCache } from './shared-cache.ts';

export interface Announcer {
  /** Resolves when every pod has been told; throws when that was not possible in time. */
  readonly tell: (slugs: readonly string[]) => Promise<void>;
  /** The same, in the background; never throws. */
  readonly note: (slugs: readonly string[]) => void;
  /** Resolves when what was noted has been told or given up. */
  readonly settled: () => Promise<void>;
}

const WITHIN_MS = 3_000;
const TRIES = 3;

export const SILENT: Announcer = {
  tell: () => Promise.resolve(),
  note: () => undefined,
  settled: () => Promise.resolve(),
};

export function createAnnouncer(db: Database, shared: SharedCache, log: Log): Announcer {
  /** Bounded by the catalogue: an article is in it once. */
  const noted = new Set<string>();
  let telling: Promise<void> | undefined;

  async function tell(slugs: readonly string[]): Promise<void> {
    if (slugs.length === 0) return;
    const options = { deadline: deadlineIn(WITHIN_MS), afterLsn: null, primary: true };
    const { entries, lsn } = await db.read(async (q) => {
      const entries = await findProducts(q, slugs);
      const position = await q.row<{ lsn: string }>(sql`SELECT pg_current_wal_lsn()::text AS lsn`);
      return { entries, lsn: position?.lsn ?? '0/0' };
    }, options);
    await shared.announce(entries, lsn, WITHIN_MS);
  }

  async function tellNoted(): Promise<void> {
    for (let failures = 0; noted.size > 0 && failures < TRIES;) {
      const slugs = [...noted];
      noted.clear();
      try {
        await tell(slugs);
      } catch (error) {
        failures += 1;
        for (const slug of slugs) noted.add(slug);
        log.warn({ err: error }, 'catalogue: a change could not be told');
      }
    }
    noted.clear();
  }

  function note(slugs: readonly string[]): void {
    for (const slug of slugs) noted.add(slug);
    telling ??= tellNoted().finally(() => (telling = undefined));
  }

  return { tell: (slugs) => tell([...new Set(slugs)]), note, settled: () => telling ?? Promise.resolve() };
}

// The catalogue through two caches: this process's own objects, kept true by Redis telling of every change, and the
// copies all pods share. A hot article costs no trip at all. Without Redis, what is here may be half a second old
// and is then loaded from Postgres, once per key at a time; while Postgres is away too, the last known is shown.
import { createCache } from '../platform/cache.ts';
import type { Cache, CacheOutcome } from '../platform/cache.ts';
import { deadlineIn } from '../platform/deadline.ts';
import type { Metrics } from '../platform/metrics.ts';
import { onPrimary } from '../platform/pg.ts';
import type { ReadOptions } from '../platform/pg.ts';
import { RedisUnavailable } from '../platform/redis-errors.ts';
import type { Filter, Listing, Product } from './product.ts';
import { LISTS_KEY, slugOfKey } from './shared-cache.ts';
import type { SharedCache } from './shared-cache.ts';
import type { CatalogSource, VersionedSource } from './source.ts';

export interface CachedSourceDeps {
  readonly source: VersionedSource;
  readonly shared: SharedCache;
  /** Whether Redis tells us of changes at this moment. */
  readonly isFed: () => boolean;
  /** Articles whose last change Redis could not be told of: its copies are old, and so may be a replica's. */
  readonly untold: ReadonlySet<string>;
  readonly metrics: Pick<Metrics, 'cacheReads' | 'cacheAge' | 'cacheLoads'>;
  readonly nowMs?: () => number;
}

export interface CachedSource extends CatalogSource {
  /** Rises with every change that this process was told of; null while nobody tells. */
  readonly edition: () => number | null;
  readonly changed: (keys: readonly string[]) => void;
  readonly forget: () => void;
}

const SECOND_MS = 1_000;
const FRESH_MS = 30 * SECOND_MS;
/** Something that is not there may be there soon; nobody announces it. */
const ABSENT_MS = 5 * SECOND_MS;
/** What was bought together changes slowly. */
const TOGETHER_MS = 300 * SECOND_MS;
/** So that a change is seen within a second although nobody tells us of it. */
const UNFED_AGE_MS = SECOND_MS / 2;
const RESCUE_MS = 3_600 * SECOND_MS;
const LOAD_WITHIN_MS = 5 * SECOND_MS;
const MOST = { articles: 1_000, lists: 500 };

function keyOf(filter: Filter): string {
  // Only sorting by name depends on the language.
  return JSON.stringify({ ...filter, language: filter.sort === 'name' ? filter.language : '' });
}

/** Redis being away is no reason not to answer from Postgres. */
async function unlessAway<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RedisUnavailable) return undefined;
    throw error;
  }
}

/** What was found is the answer, whether or not the other pods get a copy; a full Redis takes none. */
async function atBest(work: () => Promise<void>): Promise<void> {
  await work().catch(() => undefined);
}

function loadOptions(afterLsn: string | null, isUntold = false): ReadOptions {
  const deadline = deadlineIn(LOAD_WITHIN_MS);
  return isUntold ? onPrimary(deadline) : { deadline, afterLsn };
}

interface Caches {
  readonly articles: Cache<Product | undefined>;
  readonly lists: Cache<Listing>;
  readonly together: Cache<readonly string[]>;
}

const OUTCOMES: readonly CacheOutcome[] = ['hit', 'stale', 'miss', 'coalesced', 'rescued'];

const monotonic = (): number => performance.now();

function createCaches({ metrics, isFed, nowMs = monotonic }: CachedSourceDeps): Caches {
  const make = <T>(
    cache: string,
    maxEntries: number,
    freshMs: number,
    longestAgeMs: (freshMs: number) => number,
  ): Cache<T> => {
    const reads = new Map(OUTCOMES.map((outcome) => [outcome, metrics.cacheReads.of({ cache, outcome })]));
    const freshMsOf = (value: T): number => (value === undefined ? ABSENT_MS : freshMs);
    return createCache<T>({
      maxEntries,
      freshMs: freshMsOf,
      rescueMs: RESCUE_MS,
      longestAgeMs: (value) => longestAgeMs(freshMsOf(value)),
      nowMs,
      onRead: (outcome: CacheOutcome, ageMs) => {
        reads.get(outcome)?.();
        metrics.cacheAge.observe({ cache }, ageMs / SECOND_MS);
      },
    });
  };
  // Not for ever either: of a change whose process died before it could tell, nobody is told.
  const whileFed = (freshMs: number): number => (isFed() ? 2 * freshMs : UNFED_AGE_MS);
  return {
    articles: make('article', MOST.articles, FRESH_MS, whileFed),
    lists: make('list', MOST.lists, FRESH_MS, whileFed),
    together: make('together', MOST.articles, TOGETHER_MS, () => RESCUE_MS),
  };
}

function createLoaders({ source, shared, metrics, isFed, untold }: CachedSourceDeps) {
  const loaded = (cache: string, from: string): void => metrics.cacheLoads.inc({ cache, from });
  // Only while Redis answers: while it is away nothing is kept for long, and replicas take the reads that it does not.
  const isOldThere = (isUntold: boolean): boolean => isUntold && isFed();
  return {
    article: async (slug: string): Promise<Product | undefined> => {
      const isUntold = isOldThere(untold.has(slug));
      // Redis that does not answer is not asked: each page would wait for its timeout.
      const copy = isFed() && !isUntold ? await unlessAway(() => shared.read(slug)) : undefined;
      loaded('article', copy === undefined ? 'postgres' : 'redis');
      if (copy !== undefined) return copy;
      const found = (await source.versioned([slug], loadOptions(null, isUntold))).get(slug);
      if (found !== undefined && isFed()) await atBest(() => shared.fill(found));
      return found?.product;
    },
    list: async (filter: Filter): Promise<Listing> => {
      const after = isFed() ? await unlessAway(() => shared.listsAfter()) : undefined;
      loaded('list', 'postgres');
      return source.listing(filter, loadOptions(after ?? null, isOldThere(untold.size > 0)));
    },
    together: (slug: string): Promise<readonly string[]> => {
      loaded('together', 'postgres');
      return source.together(slug, loadOptions(null));
    },
  };
}

export function createCachedSource(deps: CachedSourceDeps): CachedSource {
  const { articles, lists, together } = createCaches(deps);
  const load = createLoaders(deps);
  let edition = 0;
  return {
    product: (slug) => articles.get(slug, () => load.article(slug)),
    products: async (slugs) => {
      const found = await Promise.all(slugs.map((slug) => articles.get(slug, () => load.article(slug))));
      return new Map(found.filter((product) => product !== undefined).map((one) => [one.slug, one]));
    },
    listing: (filter) => lists.get(keyOf(filter), () => load.list(filter)),
    together: (slug) => together.get(slug, () => load.together(slug)),
    edition: () => (deps.isFed() ? edition : null),
    changed: (keys) => {
      edition += 1;
      for (const key of keys) {
        const slug = slugOfKey(key);
        if (slug !== undefined) articles.drop(slug);
        else if (key === LISTS_KEY) lists.clear();
      }
    },
    forget: () => {
      edition += 1;
      articles.clear();
      lists.clear();
    },
  };
}

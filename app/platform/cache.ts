// A bounded cache in this process. It promises: at most one load per key at a time, however many ask; no answer
// older than `longestAgeMs` says; what was dropped during its own load is not kept. An entry past its time is still
// answered at once while it is loaded anew, as far as its age is allowed; one whose load fails is better than none.
import { LRUCache } from 'lru-cache';
import { createFlights } from './flights.ts';

export type CacheOutcome = 'hit' | 'stale' | 'miss' | 'coalesced' | 'rescued';

export interface CacheSettings<T> {
  readonly maxEntries: number;
  /** After this, ±20 % so that keys do not expire together, an entry is loaded anew. */
  readonly freshMs: (value: T) => number;
  /** The oldest answer when its load fails, such as while the database is away. */
  readonly rescueMs: number;
  /** How old an answer may be at this moment: Infinity while something tells us of every change. */
  readonly longestAgeMs: () => number;
  /** Told of each answer; `ageMs` is 0 for one just loaded. Must not throw. */
  readonly onRead: (outcome: CacheOutcome, ageMs: number) => void;
}

export interface Cache<T> {
  /** The same object for every answer from the cache. `load` must have a deadline of its own. */
  readonly get: (key: string, load: () => Promise<T>) => Promise<T>;
  readonly drop: (key: string) => void;
  readonly clear: () => void;
}

interface Entry<T> {
  readonly value: T;
  readonly loadedAtMs: number;
  readonly freshMs: number;
}

const JITTER = 0.2;

function jittered(durationMs: number): number {
  return durationMs * (1 - JITTER + 2 * JITTER * Math.random());
}

export function createCache<T>(settings: CacheSettings<T>): Cache<T> {
  const entries = new LRUCache<string, Entry<T>>({ max: settings.maxEntries });
  const flights = createFlights<T>((key, value, loadedAtMs) => {
    entries.set(key, { value, loadedAtMs, freshMs: jittered(settings.freshMs(value)) });
  });

  async function fetch(key: string, load: () => Promise<T>, old: Entry<T> | undefined): Promise<T> {
    const shared = flights.join(key);
    try {
      const value = await (shared ?? flights.start(key, load));
      settings.onRead(shared === undefined ? 'miss' : 'coalesced', 0);
      return value;
    } catch (error) {
      const ageMs = performance.now() - (old?.loadedAtMs ?? -Infinity);
      if (old === undefined || ageMs > settings.rescueMs) throw error;
      settings.onRead('rescued', ageMs);
      return old.value;
    }
  }

  return {
    get: (key, load) => {
      const entry = entries.get(key);
      const ageMs = entry === undefined ? Infinity : performance.now() - entry.loadedAtMs;
      if (entry === undefined || ageMs > settings.longestAgeMs()) return fetch(key, load, entry);
      const isFresh = ageMs <= entry.freshMs;
      // A failure of this load is the next reader's to find out.
      if (!isFresh && flights.join(key) === undefined) flights.start(key, load).catch(() => undefined);
      settings.onRead(isFresh ? 'hit' : 'stale', ageMs);
      return Promise.resolve(entry.value);
    },
    drop: (key) => {
      entries.delete(key);
      flights.outdate(key);
    },
    clear: () => {
      entries.clear();
      flights.outdateAll();
    },
  };
}

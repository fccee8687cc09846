// A bounded cache in this process. It promises: at most one load per key at a time, however many ask; no answer
// older than `longestAgeMs` says; what was dropped during its own load is not kept. An entry past its time is still
// answered at once while it is loaded anew, as far as its age is allowed; one whose load fails is better than none, and
// while loads fail nobody waits for them.
import { LRUCache } from 'lru-cache';
import { createFlights } from './flights.ts';
import type { Flights } from './flights.ts';

export type CacheOutcome = 'hit' | 'stale' | 'miss' | 'coalesced' | 'rescued';

export interface CacheSettings<T> {
  readonly maxEntries: number;
  /** After this, ±20 % so that keys do not expire together, an entry is loaded anew. */
  readonly freshMs: (value: T) => number;
  /** The oldest answer when its load fails, such as while the database is away. */
  readonly rescueMs: number;
  /** How old such an answer may be at this moment: more while something tells us of changes. */
  readonly longestAgeMs: (value: T) => number;
  /** Told of each answer; `ageMs` is 0 for one just loaded. Must not throw. */
  readonly onRead: (outcome: CacheOutcome, ageMs: number) => void;
  /** On a clock that is never set. */
  readonly nowMs: () => number;
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
  /** When it could not be loaded anew, the last time. */
  failedAtMs: number;
}

const JITTER = 0.2;
/** Longer than a load may take until it fails, so that of many readers only the first waits for that. */
const FAILING_MS = 10_000;

function jittered(durationMs: number): number {
  return durationMs * (1 - JITTER + 2 * JITTER * Math.random());
}

interface Parts<T> {
  readonly settings: CacheSettings<T>;
  readonly flights: Flights<T>;
}

type Load<T> = () => Promise<T>;

async function waitForLoad<T>({ settings, flights }: Parts<T>, key: string, load: Load<T>, old?: Entry<T>) {
  const shared = flights.join(key);
  try {
    const value = await (shared ?? flights.start(key, load));
    settings.onRead(shared === undefined ? 'miss' : 'coalesced', 0);
    return value;
  } catch (error) {
    const ageMs = settings.nowMs() - (old?.loadedAtMs ?? -Infinity);
    if (old === undefined || ageMs > settings.rescueMs) throw error;
    old.failedAtMs = settings.nowMs();
    settings.onRead('rescued', ageMs);
    return old.value;
  }
}

/** What becomes of it is the next reader's to find out. */
function loadBeside<T>({ settings, flights }: Parts<T>, key: string, load: Load<T>, entry: Entry<T>): void {
  if (flights.join(key) !== undefined) return;
  flights.start(key, load).catch(() => {
    entry.failedAtMs = settings.nowMs();
  });
}

function outcomeOf<T>(settings: CacheSettings<T>, entry: Entry<T>, ageMs: number): CacheOutcome | 'too-old' {
  if (ageMs <= settings.longestAgeMs(entry.value)) return ageMs <= entry.freshMs ? 'hit' : 'stale';
  const isFailing = settings.nowMs() - entry.failedAtMs < FAILING_MS;
  return isFailing && ageMs <= settings.rescueMs ? 'rescued' : 'too-old';
}

export function createCache<T>(settings: CacheSettings<T>): Cache<T> {
  const { nowMs } = settings;
  const entries = new LRUCache<string, Entry<T>>({ max: settings.maxEntries });
  const flights = createFlights<T>((key, value, loadedAtMs) => {
    const freshMs = jittered(settings.freshMs(value));
    entries.set(key, { value, loadedAtMs, freshMs, failedAtMs: -Infinity });
  }, nowMs);
  const parts = { settings, flights };

  return {
    get: (key, load) => {
      const entry = entries.get(key);
      if (entry === undefined) return waitForLoad(parts, key, load);
      const ageMs = nowMs() - entry.loadedAtMs;
      const outcome = outcomeOf(settings, entry, ageMs);
      if (outcome === 'too-old') return waitForLoad(parts, key, load, entry);
      if (outcome !== 'hit') loadBeside(parts, key, load, entry);
      settings.onRead(outcome, ageMs);
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

// Sessions in this process's memory: the strategies `memory` and `sticky`. Nobody else knows them, and they end with
// the process.
import { createExpiringMap } from '../platform/expiring-map.ts';
import type { StoredSession } from './record.ts';
import { TOMBSTONE_MS } from './store.ts';
import type { SessionStore } from './store.ts';

/** About 9 MB (measured), beside the carts: with many more the heap of a pod was full before the limit was reached. */
const MOST_SESSIONS = 4_000;

export function createMemorySessions(): SessionStore {
  const kept = createExpiringMap<{ readonly version: number; readonly data: StoredSession }>(MOST_SESSIONS);
  const ended = createExpiringMap<true>(MOST_SESSIONS);
  const end = (key: string): void => {
    kept.delete(key);
    ended.set(key, true, TOMBSTONE_MS);
  };
  const keysOf = (userId: string) => kept.entries().filter(([, { data }]) => data.userId === userId);

  return {
    read: (key) => Promise.resolve(kept.get(key)),
    write: (key, { version, data, lifeMs }) => {
      if (ended.get(key) === true) return Promise.resolve('ended');
      if ((kept.get(key)?.version ?? 0) !== version) return Promise.resolve('superseded');
      kept.set(key, { version: version + 1, data }, lifeMs);
      return Promise.resolve('stored');
    },
    end: (key) => {
      end(key);
      return Promise.resolve();
    },
    list: (userId) => {
      const sessions = keysOf(userId).map(([key, { data }]) => {
        return { key, startedAt: new Date(data.startedAt ?? 0) };
      });
      return Promise.resolve(sessions.sort((a, b) => Number(b.startedAt) - Number(a.startedAt)));
    },
    endAll: (userId, spared) => {
      for (const [key] of keysOf(userId)) if (key !== spared) end(key);
      return Promise.resolve();
    },
  };
}

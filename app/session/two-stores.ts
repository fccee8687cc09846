// Two session stores as one, while a rolling change from one to the other goes on: pods that prefer either of them run
// side by side and must see the same sessions. A session stays in the store where it began, so it is never in both and
// no pod can see an old copy; new ones begin in the store this pod prefers.
import type { SessionStore } from './store.ts';

export function twoSessionStores(preferred: SessionStore, other: SessionStore): SessionStore {
  return {
    read: async (key, patienceMs) => {
      const found = (await preferred.read(key, patienceMs)) ?? (await other.read(key, patienceMs));
      // Without the size of the cart: that may be in the other store than the session.
      return found && { version: found.version, data: found.data };
    },
    write: async (key, session, patienceMs) => {
      const isElsewhere = session.version > 0 && (await preferred.read(key, patienceMs)) === undefined;
      return (isElsewhere ? other : preferred).write(key, session, patienceMs);
    },
    // In both: a pod that read it just before must not write it back into either.
    end: async (key, userId, patienceMs) => {
      await preferred.end(key, userId, patienceMs);
      await other.end(key, userId, patienceMs);
    },
    list: async (userId, patienceMs) => {
      const lists = await Promise.all([preferred.list(userId, patienceMs), other.list(userId, patienceMs)]);
      return lists.flat().sort((a, b) => Number(b.startedAt) - Number(a.startedAt));
    },
    endAll: async (userId, spared, patienceMs) => {
      await preferred.endAll(userId, spared, patienceMs);
      await other.endAll(userId, spared, patienceMs);
    },
  };
}

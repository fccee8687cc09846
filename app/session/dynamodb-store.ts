// Sessions in DynamoDB. `sess#<key>` is a session (v version, d data), or a tombstone (gone) once it has ended; next to
// it `user#<id>` has one item per session of a user, to list and revoke them. Both are written in one transaction.
import { nowSeconds } from '../platform/dynamodb.ts';
import type { DynamoTable, Item, ItemKey, Step, Written } from '../platform/dynamodb.ts';
import { retryWithin } from '../platform/retry.ts';
import { parseSession } from './record.ts';
import { TOMBSTONE_MS } from './store.ts';
import type { SessionRecord, SessionStore, SessionWrite, WriteOutcome } from './store.ts';

/** Of one user's sessions, so that hundreds of them end within a request, and do not take all of the table's speed. */
const AT_ONCE = 10;

const sessionItem = (key: string): ItemKey => ({ pk: `sess#${key}`, sk: '-' });
const userItem = (userId: string, key: string): ItemKey => ({ pk: `user#${userId}`, sk: key });
const endOf = (lifeMs: number): number => nowSeconds() + Math.ceil(lifeMs / 1000);

function recordFrom(item: Item | undefined, unreadable: () => void): SessionRecord | undefined {
  if (item === undefined || item.gone === 1) return undefined;
  const data = parseSession(String(item.d));
  if (data === undefined) unreadable();
  return data && { version: Number(item.v), data };
}

function stepsOf(key: string, { version, data, lifeMs }: SessionWrite): Step[] {
  const ttl = endOf(lifeMs);
  const session = { ...sessionItem(key), v: version + 1, d: JSON.stringify(data), ttl };
  const { userId, startedAt = Date.now() } = data;
  return [
    { put: session, version },
    ...(userId === undefined ? [] : [{ put: { ...userItem(userId, key), startedAt, ttl } }]),
  ];
}

function endSteps(key: string, userId: string | undefined): Step[] {
  return [
    { put: { ...sessionItem(key), gone: 1, ttl: endOf(TOMBSTONE_MS) } },
    ...(userId === undefined ? [] : [{ remove: userItem(userId, key) }]),
  ];
}

function outcomeOf(written: Written): WriteOutcome {
  if (written.done) return 'stored';
  return written.found?.gone === 1 ? 'ended' : 'superseded';
}

export function createDynamoSessions(table: DynamoTable, event: (name: string) => void): SessionStore {
  const listed = (userId: string, patienceMs: number) =>
    retryWithin(patienceMs, () => table.query(`user#${userId}`));
  const end = (key: string, userId: string | undefined, patienceMs: number) =>
    retryWithin(patienceMs, () => table.write(...endSteps(key, userId)));

  return {
    read: async (key, patienceMs) => {
      const item = await retryWithin(patienceMs, () => table.get(sessionItem(key)));
      return recordFrom(item, () => event('unreadable'));
    },
    write: async (key, session, patienceMs) =>
      outcomeOf(await retryWithin(patienceMs, () => table.write(...stepsOf(key, session)))),
    end: async (key, userId, patienceMs) => {
      await end(key, userId, patienceMs);
    },
    list: async (userId, patienceMs) => {
      const items = await listed(userId, patienceMs);
      const sessions = items.map((item) => {
        return { key: String(item.sk), startedAt: new Date(Number(item.startedAt)) };
      });
      return sessions.sort((a, b) => Number(b.startedAt) - Number(a.startedAt));
    },
    endAll: async (userId, spared, patienceMs) => {
      const items = await listed(userId, patienceMs);
      const keys = items.map(({ sk }) => String(sk)).filter((key) => key !== spared);
      for (let from = 0; from < keys.length; from += AT_ONCE) {
        await Promise.all(keys.slice(from, from + AT_ONCE).map((key) => end(key, userId, patienceMs)));
      }
    },
  };
}

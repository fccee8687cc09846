// Sessions in Redis. What was acknowledged survives a failover: writes wait for a replica. One script reads a session
// and the size of its cart in one trip.
import { flatFields, recordFrom as cartFrom } from '../cart/record-hash.ts';
import type { AppRedis } from '../platform/redis.ts';
import { retryWithin } from '../platform/retry.ts';
import { parseSession } from './record.ts';
import { endAllScript, endScript, listScript, readScript, writeScript } from './redis-scripts.ts';
import { TOMBSTONE_MS } from './store.ts';
import type { ListedSession, SessionRecord, SessionStore, SessionWrite, WriteOutcome } from './store.ts';

const OUTCOMES = new Map<number, WriteOutcome>([
  [1, 'stored'],
  [0, 'superseded'],
  [-1, 'ended'],
]);

function keysOf(key: string, userId: string | undefined): string[] {
  return [`sess:${key}`, `gone:${key}`, `usess:${userId ?? ''}`];
}

function recordFrom(reply: unknown, unreadable: () => void): SessionRecord | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [version, text, count] = reply.slice(0, 3).map(String);
  const cart: unknown = reply[3];
  const data = parseSession(text ?? '');
  if (data === undefined) unreadable();
  if (data === undefined) return undefined;
  const known = { version: Number(version), data, cartCount: Number(count) };
  return Array.isArray(cart) ? { ...known, cart: cartFrom(flatFields(cart)) } : known;
}

/** What `listScript` answers → sessions, newest first. */
function listFrom(reply: unknown): ListedSession[] {
  const flat = (reply as unknown[]).map(String);
  return flat
    .filter((_, index) => index % 2 === 0)
    .map((key, index) => ({ key, startedAt: new Date(Number(flat[2 * index + 1])) }))
    .sort((a, b) => Number(b.startedAt) - Number(a.startedAt));
}

function writeArguments(key: string, { version, data, lifeMs }: SessionWrite): (string | number)[] {
  const text = JSON.stringify(data);
  return [version, text, data.cart ?? '', lifeMs, key, data.userId ?? '', data.startedAt ?? 0];
}

export function createRedisSessions(redis: AppRedis, event: (name: string) => void): SessionStore {
  return {
    read: async (key, patienceMs, beside = 'nothing') => {
      const args = beside === 'cart' ? ['1'] : [];
      const reply = await retryWithin(patienceMs, () => redis.session.run(readScript, [`sess:${key}`], args));
      return recordFrom(reply, () => event('unreadable'));
    },
    write: async (key, session, patienceMs) => {
      const args = writeArguments(key, session);
      const { reply } = await retryWithin(patienceMs, () =>
        redis.durable.change(writeScript, keysOf(key, session.data.userId), args),
      );
      return OUTCOMES.get(Number(reply)) ?? 'superseded';
    },
    end: async (key, userId, patienceMs) => {
      await retryWithin(patienceMs, () =>
        redis.durable.change(endScript, keysOf(key, userId), [TOMBSTONE_MS, key]),
      );
    },
    list: async (userId, patienceMs) => {
      const reply = await retryWithin(patienceMs, () =>
        redis.session.run(listScript, [`usess:${userId}`], []),
      );
      return listFrom(reply);
    },
    endAll: async (userId, spared, patienceMs) => {
      await retryWithin(patienceMs, () =>
        redis.durable.change(endAllScript, [`usess:${userId}`], [TOMBSTONE_MS, spared]),
      );
    },
  };
}

// A user's sessions on all devices: to list them, end one, end all. A strategy that cannot know them (a cookie is
// nowhere but in the browser) has an empty list.
import type { AppContext } from '../http/context.ts';
import type { AppRedis } from '../platform/redis.ts';
import { remainingMs } from '../platform/deadline.ts';
import { retryWithin } from '../platform/redis-retry.ts';
import { hashOf, TOMBSTONE_MS } from './redis-store.ts';
import { endAllScript, endScript } from './redis-scripts.ts';

export interface KnownSession {
  /** Hash of the session's id: names it without being able to use it. */
  readonly key: string;
  readonly startedAt: Date;
  readonly current: boolean;
}

export interface SessionManager {
  readonly list: (ctx: AppContext, userId: string) => Promise<readonly KnownSession[]>;
  readonly end: (ctx: AppContext, userId: string, key: string) => Promise<void>;
  /** All of them, or all but the one of this request. */
  readonly endAll: (ctx: AppContext, userId: string, keep: 'none' | 'current') => Promise<void>;
}

const RESERVE_MS = 1_000;
const KEY = /^[\w-]{43}$/;

export function createRedisManager(redis: AppRedis, cookieName: string): SessionManager {
  const currentKey = (ctx: AppContext): string => {
    const id = ctx.cookies.get(cookieName, { signed: true });
    return id === undefined ? '' : hashOf(id);
  };
  const patience = (ctx: AppContext): number => remainingMs(ctx.state.deadline) - RESERVE_MS;

  return {
    list: async (ctx, userId) => {
      const flat = await retryWithin(patience(ctx), () =>
        redis.session.use('session.list', (client) =>
          client.call('zrange', `usess:${userId}`, '0', '-1', 'WITHSCORES'),
        ),
      );
      const pairs = (flat as unknown[]).flat().map(String);
      const current = currentKey(ctx);
      const keys = pairs.filter((_, index) => index % 2 === 0);
      return keys
        .map((key, index) => {
          return { key, startedAt: new Date(Number(pairs[2 * index + 1])), current: key === current };
        })
        .reverse();
    },
    end: async (ctx, userId, key) => {
      if (!KEY.test(key)) return;
      const keys = [`sess:${key}`, `gone:${key}`, `usess:${userId}`];
      const known = await redis.session.use('session.known', (client) =>
        client.zscore(`usess:${userId}`, key),
      );
      // Only one's own: the key in the form is anybody's to write.
      if (known === null) return;
      await retryWithin(patience(ctx), () => redis.durable.change(endScript, keys, [TOMBSTONE_MS, key]));
    },
    endAll: async (ctx, userId, keep) => {
      const spared = keep === 'current' ? currentKey(ctx) : '';
      await retryWithin(patience(ctx), () =>
        redis.durable.change(endAllScript, [`usess:${userId}`], [TOMBSTONE_MS, spared]),
      );
    },
  };
}

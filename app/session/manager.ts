// A user's sessions on all devices: to list them, end one, end all. A strategy that cannot know them (a cookie is
// nowhere but in the browser) has an empty list.
import type { AppContext } from '../http/context.ts';
import { hashOf, patienceOf } from './koa-store.ts';
import type { SessionStore } from './store.ts';

export interface KnownSession {
  /** Hash of the session's id: names it without being able to use it. */
  readonly key: string;
  readonly startedAt: Date;
  readonly current: boolean;
}

export interface SessionManager {
  /** Whether other devices can be logged out at all. What a page promises depends on it. */
  readonly revocable: boolean;
  readonly list: (ctx: AppContext, userId: string) => Promise<readonly KnownSession[]>;
  /** Resolves with false when the user has no such session. */
  readonly end: (ctx: AppContext, userId: string, key: string) => Promise<boolean>;
  /** All of them, or all but the one of this request. */
  readonly endAll: (ctx: AppContext, userId: string, keep: 'none' | 'current') => Promise<void>;
}

/** Where no server knows the sessions. */
export const NO_MANAGER: SessionManager = {
  revocable: false,
  list: () => Promise.resolve([]),
  end: () => Promise.resolve(false),
  endAll: () => Promise.resolve(),
};

export function createManager(store: SessionStore, cookieName: string): SessionManager {
  const currentKey = (ctx: AppContext): string => {
    const id = ctx.cookies.get(cookieName, { signed: true });
    return id === undefined ? '' : hashOf(id);
  };
  return {
    revocable: true,
    list: async (ctx, userId) => {
      const current = currentKey(ctx);
      const sessions = await store.list(userId, patienceOf(ctx));
      return sessions.map((session) => ({ ...session, current: session.key === current }));
    },
    end: async (ctx, userId, key) => {
      const sessions = await store.list(userId, patienceOf(ctx));
      // Only one's own: the key in the form is anybody's to write.
      if (!sessions.some((session) => session.key === key)) return false;
      await store.end(key, userId, patienceOf(ctx));
      return true;
    },
    endAll: (ctx, userId, keep) =>
      store.endAll(userId, keep === 'current' ? currentKey(ctx) : '', patienceOf(ctx)),
  };
}

// koa-session with our options. `renew`, not `rolling`: a hit on a page must not cost a write. The cookie holds a
// signed random id and nothing else.
import type Koa from 'koa';
import type { Middleware } from 'koa';
import koaSession from 'koa-session';
import type { AppState } from '../http/context.ts';
import { createRandomIds } from './random-id.ts';
import type { StoredSession } from './record.ts';
import type { KoaSessionStore } from './koa-store.ts';

const DAY_MS = 24 * 3_600_000;
/** A guest's cart is kept as long: it is found through the session. */
export const IDLE_LIFE_MS = 30 * DAY_MS;
export const ABSOLUTE_LIFE_MS = 180 * DAY_MS;

export interface SessionMiddlewareSettings {
  readonly secure: boolean;
  readonly store: KoaSessionStore;
  readonly event: (name: string) => void;
}

export function isYoungEnough(data: StoredSession, nowMs: number): boolean {
  return data.startedAt === undefined || nowMs - data.startedAt < ABSOLUTE_LIFE_MS;
}

export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-sid' : 'sid';
}

export function sessionMiddleware(app: Koa<AppState>, settings: SessionMiddlewareSettings): Middleware {
  for (const name of ['missed', 'invalid', 'expired']) app.on(`session:${name}`, () => settings.event(name));
  const options = {
    key: sessionCookieName(settings.secure),
    maxAge: IDLE_LIFE_MS,
    renew: true,
    rolling: false,
    signed: true,
    httpOnly: true,
    overwrite: true,
    autoCommit: true,
    secure: settings.secure,
    sameSite: 'lax',
    store: settings.store,
    genid: createRandomIds(),
    valid: (_ctx: unknown, data: StoredSession) => isYoungEnough(data, Date.now()),
  };
  // Its own types are written for another @types/koa.
  return koaSession(options as never, app as never);
}

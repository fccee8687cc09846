// koa-session with our options, on a store. `renew`, not `rolling`: a hit on a page must not cost a write. The cookie
// holds a signed random id and nothing else.
import type Koa from 'koa';
import type { Middleware } from 'koa';
import koaSession from 'koa-session';
import type { AppState } from '../http/context.ts';
import type { KoaSessionStore } from './koa-store.ts';
import { createRandomIds } from './random-id.ts';
import type { StoredSession } from './record.ts';

export interface SessionSettings {
  readonly secure: boolean;
  /** A session that is not used for so long is over. A guest's cart is kept as long: it is found through it. */
  readonly idleMs: number;
  /** However much it is used, a session is over when it is as old as this. */
  readonly absoluteMs: number;
  readonly event: (name: string) => void;
}

export function isYoungEnough(data: StoredSession, nowMs: number, absoluteMs: number): boolean {
  return data.startedAt === undefined || nowMs - data.startedAt < absoluteMs;
}

export function sessionCookieName(secure: boolean): string {
  return secure ? '__Host-sid' : 'sid';
}

/** What koa-session is told wherever the session is kept. */
export function sessionOptions(settings: SessionSettings) {
  return {
    key: sessionCookieName(settings.secure),
    maxAge: settings.idleMs,
    renew: true,
    rolling: false,
    httpOnly: true,
    overwrite: true,
    autoCommit: true,
    secure: settings.secure,
    sameSite: 'lax' as const,
    valid: (_ctx: unknown, data: StoredSession) => isYoungEnough(data, Date.now(), settings.absoluteMs),
  };
}

export function countSessionEvents(app: Koa<AppState>, event: SessionSettings['event']): void {
  for (const name of ['missed', 'invalid', 'expired']) app.on(`session:${name}`, () => event(name));
}

export function sessionMiddleware(
  app: Koa<AppState>,
  settings: SessionSettings,
  store: KoaSessionStore,
): Middleware {
  countSessionEvents(app, settings.event);
  const options = { ...sessionOptions(settings), signed: true, store, genid: createRandomIds() };
  // Its own types are written for another @types/koa.
  return koaSession(options as never, app as never);
}

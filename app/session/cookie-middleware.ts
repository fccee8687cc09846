// The strategy `cookie`: koa-session with the whole session, and the cart, sealed in the visitor's cookie. Nothing is on
// any server, so nothing can be listed, revoked or merged, and of two answers at once the later one wins.
import type Koa from 'koa';
import type { Middleware } from 'koa';
import koaSession from 'koa-session';
import { countPieces } from '../cart/cart.ts';
import { NO_CART } from '../cart/rules.ts';
import type { AppContext, AppState, Next } from '../http/context.ts';
import { pack, unpack } from './compact.ts';
import type { CookieSession } from './compact.ts';
import { countSessionEvents, sessionOptions } from './middleware.ts';
import type { SessionSettings } from './middleware.ts';
import type { Sealer } from './sealed.ts';

/** koa-session's object: plain fields, and a way to have it written although nothing changed. */
type Live = { -readonly [F in keyof CookieSession]: CookieSession[F] } & { save: () => void };

function liveSession(ctx: AppContext): Live | null {
  return (ctx as unknown as { session: Live | null }).session;
}

/** Before the cookie is used: is it ours, and is it under the newest key? */
function inspect(ctx: AppContext, key: string, sealer: Sealer, tampered: () => void): void {
  const value = ctx.cookies.get(key, { signed: false });
  if (value === undefined || value === '') return;
  const opened = sealer.open(value);
  if ('refused' in opened) {
    // Its content may be a secret: only why it was refused is told.
    ctx.state.log.warn({ reason: opened.refused }, 'session: a cookie was refused');
    tampered();
    return;
  }
  // Visitors who come now and then must not be left on a key that is about to be dropped.
  if (!opened.isNewestKey) liveSession(ctx)?.save();
}

function mountJar(ctx: AppContext): void {
  const kept = liveSession(ctx)?.kept ?? NO_CART;
  ctx.state.cartCount = countPieces(kept);
  ctx.state.jar = {
    read: () => liveSession(ctx)?.kept ?? NO_CART,
    write: (cart) => {
      const session = liveSession(ctx);
      if (session === null) return;
      if (cart === undefined || cart.id === '') delete session.kept;
      else session.kept = { ...cart };
    },
  };
}

function decodeWith(sealer: Sealer) {
  return (value: string): CookieSession | undefined => {
    const opened = sealer.open(value);
    return 'text' in opened ? unpack(opened.text) : undefined;
  };
}

export interface CookieSessionParts {
  readonly sealer: Sealer;
  /** Told of each cookie that we did not seal, or sealed under a key we no longer have. */
  readonly tampered: () => void;
}

export function cookieMiddleware(
  app: Koa<AppState>,
  settings: SessionSettings,
  { sealer, tampered }: CookieSessionParts,
): Middleware {
  countSessionEvents(app, settings.event);
  const options = {
    ...sessionOptions(settings),
    // Sealed, and so authenticated already; a signature would only make it longer.
    signed: false,
    encode: (session: CookieSession) => sealer.seal(pack(session)),
    decode: decodeWith(sealer),
  };
  // Its own types are written for another @types/koa.
  const session = koaSession(options, app as never) as (ctx: AppContext, next: Next) => Promise<void>;
  return async function cookieSession(ctx: AppContext, next: Next): Promise<void> {
    await session(ctx, async () => {
      inspect(ctx, options.key, sealer, tampered);
      mountJar(ctx);
      await next();
    });
  };
}

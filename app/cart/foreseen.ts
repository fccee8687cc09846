// Adding to a cart in one trip. What a request will do to the cart is known from its form, and whose cart it is from the
// browser's ticket, before the session is read: the change is sent first, guarded by the session (the script does nothing
// unless this is the session's cart), brings the session along, and the handler finds it done. Whatever does not fit is
// left to the handler, which then does it as if nothing had been foreseen; the operation id makes both one change.
import type { Middleware } from 'koa';
import type { Catalog } from '../catalog/service.ts';
import type { AppContext, AppState, Next } from '../http/context.ts';
import { parseSession } from '../session/record.ts';
import type { SessionRecord } from '../session/store.ts';
import type { RedisCarts, RedisSession } from './redis-store.ts';
import { seenClock } from './ticket.ts';
import { wishOf } from './wish.ts';

/** Reads the form of a request that adds to a cart, in front of the session. */
export function foreseeChange(catalog: Catalog, readBody: Middleware<AppState>) {
  return async function foresee(ctx: AppContext, next: Next): Promise<void> {
    const { cartTicket: ticket } = ctx.state;
    if (ctx.method !== 'POST' || ticket === null || ticket === undefined || !addsToCart(ctx.path)) {
      await next();
      return;
    }
    await readBody(ctx, () => Promise.resolve());
    const wish = wishOf(ctx);
    const variant = wish.ok ? await catalog.variant(ctx, wish.value.sku) : undefined;
    if (wish.ok && variant !== undefined && variant.stock > 0) {
      const { sku, quantity, operationId } = wish.value;
      const change = { verb: 'add', sku, quantity, priceCents: variant.priceCents } as const;
      ctx.state.foreseen = { holder: ticket.holder, change, variant, operationId };
    }
    await next();
  };
}

function addsToCart(path: string): boolean {
  return path === '/cart/lines' || path === '/api/v1/cart/lines';
}

function sessionFrom({ version, text, pieces }: RedisSession): SessionRecord | undefined {
  const data = parseSession(text);
  return data && { version, data, cartCount: pieces };
}

/**
 * Sends what was foreseen, if anything was. Resolves with the session that guarded it; undefined when nothing was done
 * for it, and never rejects.
 */
export function sendForeseen(carts: RedisCarts, absoluteMs: number) {
  return (ctx: AppContext, key: string): Promise<SessionRecord | undefined> | undefined => {
    const { foreseen, cartTicket } = ctx.state;
    if (foreseen === undefined) return undefined;
    const { holder, change, operationId } = foreseen;
    const seen = seenClock(cartTicket, holder);
    const guard = { session: `sess:${key}`, notBefore: Date.now() - absoluteMs };
    const sent = carts.change(holder, { change, operationId, seen, guard }, 0).then(
      ({ outcome, ...rest }) => (outcome === 'stranger' ? undefined : { outcome, ...rest }),
      () => undefined,
    );
    foreseen.sent = sent;
    return sent.then((changed) => changed?.session && sessionFrom(changed.session));
  };
}

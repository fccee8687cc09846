// A guest's cart joins the account's that the visitor logged into, and what was held for it at the checkout follows. It
// promises to be harmless when it is repeated: until both are done the session remembers it, and the next look into the
// cart does it again.
import type { AppContext } from '../http/context.ts';
import { forgetMerge } from '../session/session.ts';
import type { CartStore, Changed } from './cart.ts';

/** Throws when the carts could not be merged; holds that could not follow do so the next time. */
export type MergeCarts = (ctx: AppContext, guest: string, user: string) => Promise<Changed>;

/** Moves what is held for the guest's cart to the cart `cartId`. */
type FollowHolds = (ctx: AppContext, guest: string, cartId: string) => Promise<void>;

export function createMerge(store: CartStore, followHolds: FollowHolds): MergeCarts {
  return async (ctx, guest, user) => {
    const merged = await store.merge(guest, user, ctx.state);
    try {
      await followHolds(ctx, guest, merged.cart.id);
      forgetMerge(ctx);
    } catch (error) {
      ctx.state.log.warn({ err: error }, 'cart: what is held at the checkout follows later');
    }
    return merged;
  };
}

// A visitor's cart joined with the catalogue: what it costs now, and what changed since it was filled. The cart
// store never decides a price; it only remembers which one was seen.
import type { Catalog } from '../catalog/service.ts';
import type { SellableVariant } from '../catalog/product.ts';
import type { AppContext } from '../http/context.ts';
import { conflict, invalid, notFound } from '../http/errors.ts';
import type { Metrics } from '../platform/metrics.ts';
import { cartHolderOf, ensureCartHolder, mergePending } from '../session/session.ts';
import { countPieces, EMPTY_CART } from './cart.ts';
import type { Cart, CartChange, CartLine, CartStore, Changed } from './cart.ts';
import type { MergeCarts } from './merge.ts';

export interface PricedLine extends CartLine {
  readonly variant: SellableVariant;
}

export interface PricedCart {
  readonly cart: Cart;
  readonly lines: readonly PricedLine[];
  /** Euro cents, at today's prices. */
  readonly subtotalCents: number;
}

export interface Added {
  readonly changed: Changed;
  readonly variant: SellableVariant;
}

/** Changes resolve with the cart after them, without prices: a form is answered with the way to another page. */
export interface Carts {
  readonly read: (ctx: AppContext) => Promise<PricedCart>;
  readonly price: (ctx: AppContext, cart: Cart) => Promise<PricedCart>;
  readonly add: (ctx: AppContext, sku: string, quantity: number, operation: string) => Promise<Added>;
  readonly set: (ctx: AppContext, sku: string, quantity: number, operation: string) => Promise<Changed>;
  readonly remove: (ctx: AppContext, sku: string, operation: string) => Promise<Changed>;
}

export interface CartDeps {
  readonly store: CartStore;
  readonly merge: MergeCarts;
  readonly catalog: Catalog;
  readonly metrics: Metrics;
  /** Pieces by SKU that are held for this very cart: off the shelf, but not for its shopper. */
  readonly ownHolds: (ctx: AppContext, cart: Cart) => Promise<ReadonlyMap<string, number>>;
}

async function priced(ctx: AppContext, deps: CartDeps, cart: Cart): Promise<PricedCart> {
  const skus = cart.lines.map((line) => line.sku);
  const [variants, held] = await Promise.all([deps.catalog.variants(ctx, skus), deps.ownHolds(ctx, cart)]);
  // A SKU the catalogue no longer knows cannot be shown or bought.
  const lines = cart.lines.flatMap((line) => {
    const found = variants.get(line.sku);
    if (found === undefined) return [];
    return [{ ...line, variant: { ...found, stock: found.stock + (held.get(line.sku) ?? 0) } }];
  });
  const subtotalCents = lines.reduce((sum, line) => sum + line.quantity * line.variant.priceCents, 0);
  return { cart, lines, subtotalCents };
}

async function apply(
  ctx: AppContext,
  deps: CartDeps,
  change: CartChange,
  operation: string,
): Promise<Changed> {
  const holder = ensureCartHolder(ctx);
  const changed = await deps.store.change(holder, change, operation, ctx.state);
  const { outcome } = changed;
  deps.metrics.cartChanges.inc({ verb: change.verb, outcome });
  if (outcome === 'full') throw conflict('cart-full', 'problem.cartFull');
  if (outcome === 'no-room') throw conflict('cart-no-room', 'problem.cartNoRoom');
  return changed;
}

/** A merge that failed at login is made up for before the cart is looked at; while it fails, the cart is shown as is. */
async function makeUpMerge(ctx: AppContext, merge: MergeCarts, holder: string): Promise<void> {
  const guest = mergePending(ctx);
  if (guest === null) return;
  try {
    await merge(ctx, guest, holder);
  } catch (error) {
    ctx.state.log.warn({ err: error }, 'cart: merge put off again');
  }
}

async function readCart(ctx: AppContext, { store, merge }: CartDeps): Promise<Cart> {
  const holder = cartHolderOf(ctx);
  if (holder === null) return EMPTY_CART;
  await makeUpMerge(ctx, merge, holder);
  return store.read(holder, ctx.state);
}

async function sellable(ctx: AppContext, catalog: Catalog, sku: string): Promise<SellableVariant> {
  const foreseen = ctx.state.foreseen?.variant;
  if (foreseen?.sku === sku) return foreseen;
  const variant = await catalog.variant(ctx, sku);
  if (variant === undefined) throw notFound();
  return variant;
}

export function createCarts(deps: CartDeps): Carts {
  return {
    price: (ctx, cart) => priced(ctx, deps, cart),
    read: async (ctx) => {
      const cart = await readCart(ctx, deps);
      ctx.state.cartCount = countPieces(cart);
      return priced(ctx, deps, cart);
    },
    add: async (ctx, sku, quantity, operation) => {
      const variant = await sellable(ctx, deps.catalog, sku);
      if (variant.stock === 0) throw invalid({ sku: ['problem.soldOut'] });
      const change = { verb: 'add', sku, quantity, priceCents: variant.priceCents } as const;
      return { changed: await apply(ctx, deps, change, operation), variant };
    },
    set: async (ctx, sku, quantity, operation) => {
      const { priceCents } = await sellable(ctx, deps.catalog, sku);
      return apply(ctx, deps, { verb: 'set', sku, quantity, priceCents }, operation);
    },
    remove: (ctx, sku, operation) => apply(ctx, deps, { verb: 'remove', sku }, operation),
  };
}

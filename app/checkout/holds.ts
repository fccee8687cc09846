// Stock held for a shopper at the checkout: from the first look at the page, for ten minutes, nobody else can buy
// these pieces. Looking again follows the cart but does not prolong the time. Ordering turns the hold into the
// order's lines; otherwise whoever next wants the pieces, or the sweeper, gives them back when the time is over.
import type { Cart } from '../cart/cart.ts';
import type { Announcer } from '../catalog/announcer.ts';
import { slugOf } from '../catalog/seed-product.ts';
import { readOptions } from '../catalog/service.ts';
import type { AppContext } from '../http/context.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { expiredSkus, freeHolds, holdsOf, takeHolds } from './hold-repository.ts';
import { lockVariants } from './repository.ts';
import type { LockedVariant } from './repository.ts';

export const HOLD_SECONDS = 600;
const SWEPT_AT_ONCE = 100;
const COOKIE = 'held';

export interface Locked {
  /** By SKU, with the stock this cart may take from: its own holds and expired ones are back on the shelf. */
  readonly variants: ReadonlyMap<string, LockedVariant>;
  readonly ownUntil: Date | null;
}

/** Locks what the cart wants and what it holds, and puts its holds back: the start of holding and of ordering. */
export async function lockForCart(q: Querier, cart: Cart): Promise<Locked> {
  const skus = cart.lines.map((line) => line.sku);
  const locked = await lockVariants(q, skus, cart.id);
  const freed = await freeHolds(
    q,
    cart.id,
    locked.map(({ sku }) => sku),
  );
  const stocks = new Map(freed.map(({ sku, stock }) => [sku, stock]));
  const variants = locked.map(
    (variant) => [variant.sku, { ...variant, stock: stocks.get(variant.sku) ?? variant.stock }] as const,
  );
  return { variants: new Map(variants), ownUntil: freed[0]?.ownUntil ?? null };
}

export function hasStock(cart: Cart, variants: Locked['variants']): boolean {
  return cart.lines.every((line) => (variants.get(line.sku)?.stock ?? 0) >= line.quantity);
}

export interface HoldResult {
  /** Undefined when not all of it is there; then nothing is held. */
  readonly until: Date | undefined;
  /** Whose stock may be another one now. */
  readonly skus: readonly string[];
}

/** Can be repeated. */
export async function holdCart(q: Querier, cart: Cart): Promise<HoldResult> {
  const { variants, ownUntil } = await lockForCart(q, cart);
  const skus = [...variants.keys()];
  if (!hasStock(cart, variants)) return { until: undefined, skus };
  const until = await takeHolds(q, {
    cartId: cart.id,
    lines: cart.lines,
    until: ownUntil,
    seconds: HOLD_SECONDS,
  });
  return { until, skus };
}

/** Resolves with the SKUs that got pieces back; bounded, the rest comes with the next turn. */
export async function sweepHolds(q: Querier): Promise<string[]> {
  const skus = await expiredSkus(q, SWEPT_AT_ONCE);
  if (skus.length === 0) return [];
  await lockVariants(q, skus, '');
  return (await freeHolds(q, '', skus)).map(({ sku }) => sku);
}

export interface Holds {
  /** Resolves with when the hold ends, or undefined when not all of the cart is in stock. */
  readonly hold: (ctx: AppContext, cart: Cart) => Promise<Date | undefined>;
  /** Pieces by SKU that are off the shelf for this very cart, and so still there for its shopper. */
  readonly own: (ctx: AppContext, cart: Cart) => Promise<ReadonlyMap<string, number>>;
}

/** Only a browser that has been at the checkout can hold anything; for all others a cart costs no database. */
function mayHold(ctx: AppContext, cart: Cart): boolean {
  return cart.id !== '' && ctx.cookies.get(COOKIE, { signed: false }) !== undefined;
}

function rememberHold(ctx: AppContext, until: Date): void {
  const maxAge = Math.max(1_000, until.getTime() - Date.now());
  ctx.cookies.set(COOKIE, '1', { maxAge, sameSite: 'lax', httpOnly: true, overwrite: true, signed: false });
}

export function createHolds(db: Database, announcer: Announcer): Holds {
  return {
    hold: async (ctx, cart) => {
      const { value, lsn } = await db.transaction((q) => holdCart(q, cart), ctx.state.deadline);
      rememberWrite(ctx, lsn);
      announcer.note(value.skus.map(slugOf));
      const { until } = value;
      if (until !== undefined) rememberHold(ctx, until);
      return until;
    },
    own: async (ctx, cart) => {
      if (!mayHold(ctx, cart)) return new Map();
      const held = await db.read((q) => holdsOf(q, cart.id), readOptions(ctx));
      return new Map(held.map(({ sku, quantity }) => [sku, quantity]));
    },
  };
}

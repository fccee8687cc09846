// Stock held for a shopper at the checkout: from the first look at the page, for ten minutes, nobody else can buy
// these pieces. Looking again follows the cart but does not prolong the time; a guest who logs in keeps them. Ordering
// turns the hold into the order's lines; otherwise whoever next wants the pieces, or the sweeper, gives them back when
// the time is over.
import type { Cart } from '../cart/cart.ts';
import type { Announcer } from '../catalog/announcer.ts';
import { slugOf } from '../catalog/seed-product.ts';
import { readOptions } from '../catalog/service.ts';
import type { AppContext } from '../http/context.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { setSignedCookie, signedCookie } from '../http/signed-cookie.ts';
import { deadlineIn } from '../platform/deadline.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { cartHolderOf } from '../session/session.ts';
import { expiredSkus, freeHolds, holdsOf, moveHolds, takeHolds } from './hold-repository.ts';
import { lockVariants } from './repository.ts';
import type { LockedVariant } from './repository.ts';

export const HOLD_SECONDS = 600;
const SWEPT_AT_ONCE = 100;
/** A login does not wait longer for the holds: they can follow with the next page. */
const MOVE_WITHIN_MS = 1_000;
/** Whose cart, and its id. */
const COOKIE = 'held';
/** From a pod of the version before, unsigned: it says only that something is held. */
const NAMELESS = '1';
const HELD = /^([gu]-[\w-]{1,64})\.([\w-]{1,64})$/;

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

/** Moves what one cart holds to another one. Can be repeated. */
async function rekey(q: Querier, carts: { from: string; to: string }): Promise<Date | undefined> {
  const locked = await lockVariants(q, [], carts.from);
  const skus = locked.map(({ sku }) => sku);
  return skus.length === 0 ? undefined : moveHolds(q, carts, skus);
}

export interface Holds {
  /** Resolves with when the hold ends, or undefined when not all of the cart is in stock. */
  readonly hold: (ctx: AppContext, cart: Cart) => Promise<Date | undefined>;
  /** Pieces by SKU that are off the shelf for this very cart, and so still there for its shopper. */
  readonly own: (ctx: AppContext, cart: Cart) => Promise<ReadonlyMap<string, number>>;
  /** After a merge: what was held for the guest's cart is held for `cartId`. Can be repeated. */
  readonly follow: (ctx: AppContext, guest: string, cartId: string) => Promise<void>;
}

/** Only a browser that has been at the checkout can hold anything; for all others a cart costs no database. */
function mayHold(ctx: AppContext, cart: Cart): boolean {
  return cart.id !== '' && ctx.cookies.get(COOKIE, { signed: false }) !== undefined;
}

/** By the cart's name and its id: a merge leaves nothing of the guest's cart by which its holds could be found. */
function rememberHold(ctx: AppContext, cartId: string, until: Date): void {
  const lifeMs = Math.max(1_000, until.getTime() - Date.now());
  setSignedCookie(ctx, COOKIE, `${cartHolderOf(ctx)}.${cartId}`, lifeMs);
}

/** The id of the holder's cart when this browser was at the checkout with it. */
function heldCart(ctx: AppContext, holder: string): string | undefined {
  if (ctx.cookies.get(COOKIE, { signed: false }) === NAMELESS) return undefined;
  const [, of, cartId] = HELD.exec(signedCookie(ctx, COOKIE) ?? '') ?? [];
  return of === holder ? cartId : undefined;
}

export function createHolds(db: Database, announcer: Announcer): Holds {
  return {
    hold: async (ctx, cart) => {
      const { value, lsn } = await db.transaction((q) => holdCart(q, cart), ctx.state.deadline);
      rememberWrite(ctx, lsn);
      announcer.note(value.skus.map(slugOf));
      const { until } = value;
      if (until !== undefined) rememberHold(ctx, cart.id, until);
      return until;
    },
    own: async (ctx, cart) => {
      if (!mayHold(ctx, cart)) return new Map();
      const held = await db.read((q) => holdsOf(q, cart.id), readOptions(ctx));
      return new Map(held.map(({ sku, quantity }) => [sku, quantity]));
    },
    follow: async (ctx, guest, cartId) => {
      const from = heldCart(ctx, guest);
      if (from === undefined || from === cartId || cartId === '') return;
      const deadline = Math.min(ctx.state.deadline, deadlineIn(MOVE_WITHIN_MS));
      const { value: until, lsn } = await db.transaction((q) => rekey(q, { from, to: cartId }), deadline);
      rememberWrite(ctx, lsn);
      if (until !== undefined) rememberHold(ctx, cartId, until);
    },
  };
}

// Ordering, in three phases with their own limits:
//   1. authorise  outside of any transaction: the money is set aside, once per attempt
//   2. place      one transaction: claim, lock, count again, write, take from stock   (checkout/place.ts)
//   3. capture    from the outbox, which that transaction wrote to                    (checkout/settle.ts)
// Every phase can be repeated. A double click, a reload, a retry or a failover in between ends in one order. Without an
// order nothing is captured: what was set aside for it lapses.
import { hash, randomUUID } from 'node:crypto';
import type { Address } from '../account/account.ts';
import { accountGone } from '../account/gone.ts';
import type { Cart, CartStore } from '../cart/cart.ts';
import type { Announcer } from '../catalog/announcer.ts';
import type { AppContext } from '../http/context.ts';
import { conflict, invalid, isShopError } from '../http/errors.ts';
import type { Limits } from '../http/limits.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { rememberOrder } from '../orders/access.ts';
import type { Order } from '../orders/order.ts';
import { findOrder } from '../orders/repository.ts';
import type { Metrics } from '../platform/metrics.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { isForeignKeyViolation, isUniqueViolation } from '../platform/pg-errors.ts';
import { cartHolderOf, userOf } from '../session/session.ts';
import { authoriseInTime } from './payment.ts';
import type { PaymentProvider } from './payment.ts';
import { placeOrder } from './place.ts';
import type { Placed, PlaceRequest } from './place.ts';
import { findClaim, findOrderOfCart } from './repository.ts';
import type { Shipping } from './shipping.ts';

export interface OrderWish {
  readonly key: string;
  readonly email: string;
  readonly address: Address;
  readonly shipping: Shipping;
  readonly cardNumber: string;
  readonly currency: Order['currency'];
  /** What the shopper saw. */
  readonly expectedTotalCents: number;
  /** Whether that must be the whole total; otherwise the sum of the goods will do. */
  readonly expectedWithDelivery: boolean;
  /** On a page, the delivery its total was shown with. Programs name the delivery and the total themselves. */
  readonly shownShipping?: Shipping;
}

export type CheckoutResult = Placed | { readonly outcome: 'declined' } | { readonly outcome: 'timeout' };

export interface CheckoutDeps {
  readonly db: Database;
  readonly cartStore: CartStore;
  readonly payment: PaymentProvider;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly announcer: Announcer;
}

export interface Checkout {
  readonly order: (ctx: AppContext, wish: OrderWish) => Promise<CheckoutResult>;
  /** The order that was made of the visitor's cart already, which leaves the cart with it; mostly there is none. */
  readonly ordered: (ctx: AppContext, cart: Cart) => Promise<Order | undefined>;
}

/** Of what was sent, without the secret of the card. */
function fingerprintOf({ email, address, shipping, cardNumber, expectedTotalCents }: OrderWish): string {
  const parts = [email, address, shipping, cardNumber.slice(-4), expectedTotalCents];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

type Attempt = Pick<PlaceRequest, 'scope' | 'key' | 'fingerprint'>;

/** One per attempt, however often it is sent, so that the bank sets the money aside once. */
function paymentAttempt({ scope, key, fingerprint }: Attempt): string {
  return hash('sha256', JSON.stringify([scope, key, fingerprint]), 'base64url');
}

function readPrimary<T>(ctx: AppContext, deps: CheckoutDeps, work: (q: Querier) => Promise<T>): Promise<T> {
  return deps.db.read(work, onPrimary(ctx.state.deadline));
}

/** What an earlier request of the same attempt has placed: the first of two clicks, or one whose answer got lost. */
async function findPlaced(
  ctx: AppContext,
  deps: CheckoutDeps,
  { scope, key, fingerprint }: Attempt,
): Promise<Placed | undefined> {
  const found = await readPrimary(ctx, deps, (q) => findClaim(q, scope, key));
  if (found === undefined) return undefined;
  if (found.fingerprint !== fingerprint) throw invalid({ '': ['checkout.keyReused'] });
  const order = await readPrimary(ctx, deps, (q) => findOrder(q, found.orderId));
  return order && { outcome: 'replayed', order };
}

/** The order that stands for this very cart, with whichever key it was sent. */
async function orderOfCart(ctx: AppContext, deps: CheckoutDeps, cartId: string): Promise<Order | undefined> {
  const look = (q: Querier) => findOrderOfCart(q, cartId);
  if ((await readPrimary(ctx, deps, look)) === undefined) return undefined;
  // Found again in a transaction, for its position: the replica that shows its page could lack it yet.
  const { value, lsn } = await deps.db.transaction(look, ctx.state.deadline);
  rememberWrite(ctx, lsn);
  return value;
}

/** Whether an order of this very cart may be the reason: the pieces it took are missed before its row is in the way. */
function mayBeOrdered(error: unknown): boolean {
  return isUniqueViolation(error, 'purchase_cart_unique') || (isShopError(error) && error.status === 409);
}

async function place(ctx: AppContext, deps: CheckoutDeps, request: PlaceRequest): Promise<Placed> {
  try {
    const placed = await deps.db.transaction((q) => placeOrder(q, request), ctx.state.deadline);
    rememberWrite(ctx, placed.lsn);
    return placed.value;
  } catch (error) {
    if (isForeignKeyViolation(error, 'purchase_account_id_fkey')) throw accountGone(ctx);
    if (!mayBeOrdered(error)) throw error;
    // Another tab ordered this very cart with another key: its order is the answer.
    const order = await orderOfCart(ctx, deps, request.cart.id);
    if (order !== undefined) return { outcome: 'replayed', order };
    throw isShopError(error) ? error : conflict('in-progress', 'checkout.inProgress');
  }
}

async function payAndPlace(
  ctx: AppContext,
  deps: CheckoutDeps,
  request: Omit<PlaceRequest, 'paymentReference'>,
  cardNumber: string,
): Promise<CheckoutResult> {
  const wanted = { attempt: paymentAttempt(request), cardNumber };
  const paid = await authoriseInTime(deps.payment, wanted, ctx.state.deadline);
  if (paid.outcome === 'authorised') {
    return place(ctx, deps, { ...request, paymentReference: paid.reference });
  }
  // No answer is not the last word: this attempt may have been placed before.
  return (await findPlaced(ctx, deps, request)) ?? paid;
}

/** What was bought leaves the cart. The order stands when that fails; the confirmation page tries again. */
async function emptyCart(ctx: AppContext, deps: CheckoutDeps, holder: string, order: Order): Promise<void> {
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity, seenPriceCents: 0 }));
  const bought: Cart = { id: order.cartId, version: 0, lines };
  try {
    await deps.cartStore.bought(holder, bought, ctx.state);
    ctx.state.cartCount = 0;
  } catch (error) {
    ctx.state.log.warn({ err: error }, 'checkout: the cart could not be emptied yet');
  }
}

/** Ends what belongs to the order besides Postgres. */
async function finish(
  ctx: AppContext,
  deps: CheckoutDeps,
  holder: string,
  result: Placed,
): Promise<CheckoutResult> {
  const { order } = result;
  // From pods of the version before, which placed first and asked the bank then.
  if (order.status === 'pending') throw conflict('in-progress', 'checkout.inProgress');
  if (order.status === 'declined') return { outcome: 'declined' };
  deps.announcer.note(order.lines.map((line) => line.slug));
  rememberOrder(ctx, order.id);
  await emptyCart(ctx, deps, holder, order);
  return result;
}

/**
 * Brings the order of this cart to its end, for a shopper who has not seen it because its answer was lost. She may see it:
 * no request can name a cart by its id, so whoever has the cart in her hands is who ordered it.
 */
async function ordered(ctx: AppContext, deps: CheckoutDeps, cart: Cart): Promise<Order | undefined> {
  const holder = cartHolderOf(ctx);
  const found = holder === null ? undefined : await orderOfCart(ctx, deps, cart.id);
  if (holder === null || found === undefined) return undefined;
  await finish(ctx, deps, holder, { outcome: 'replayed', order: found });
  return found;
}

/** On a page without scripts another delivery can be chosen than the one its total was shown with. */
function wasShown({ shipping, shownShipping = shipping }: OrderWish): boolean {
  return shipping === shownShipping;
}

async function order(ctx: AppContext, deps: CheckoutDeps, wish: OrderWish): Promise<CheckoutResult> {
  const holder = cartHolderOf(ctx);
  if (holder === null) throw conflict('cart-empty', 'checkout.empty');
  await deps.limits.checkout(ctx, holder);
  const { cardNumber, ...wanted } = wish;
  const request = {
    ...wanted,
    orderId: randomUUID(),
    scope: holder,
    fingerprint: fingerprintOf(wish),
    cart: await deps.cartStore.read(holder, ctx.state),
    accountId: userOf(ctx)?.id ?? null,
    cardLastFour: cardNumber.slice(-4),
  };
  const isEmpty = request.cart.lines.length === 0;
  // The bank is not asked to set aside a sum that nobody saw.
  const result =
    isEmpty || !wasShown(wish)
      ? await findPlaced(ctx, deps, request)
      : await payAndPlace(ctx, deps, request, cardNumber);
  if (result === undefined) {
    throw isEmpty
      ? conflict('cart-empty', 'checkout.empty')
      : conflict('total-changed', 'checkout.deliveryChanged');
  }
  return 'order' in result ? finish(ctx, deps, holder, result) : result;
}

export function createCheckout(deps: CheckoutDeps): Checkout {
  return {
    order: async (ctx, wish) => {
      const result = await order(ctx, deps, wish);
      deps.metrics.orders.inc({ outcome: result.outcome });
      return result;
    },
    ordered: (ctx, cart) => ordered(ctx, deps, cart),
  };
}

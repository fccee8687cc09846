// Ordering, in three phases with their own limits:
//   1. place   one transaction: claim, lock, count again, write, take from stock   (checkout/place.ts)
//   2. pay     outside of any transaction, idempotent by the order's id
//   3. settle  one statement: pending → paid, or declined with the pieces given back
// Every phase can be repeated. A double click, a reload, a retry or a failover in between ends in one order, and a
// request that finds a pending order of its own carries on where the other one stopped.
import { hash, randomUUID } from 'node:crypto';
import type { Address } from '../account/account.ts';
import type { Cart, CartStore } from '../cart/cart.ts';
import type { Announcer } from '../catalog/announcer.ts';
import type { AppContext } from '../http/context.ts';
import { conflict, invalid, notFound } from '../http/errors.ts';
import type { Limits } from '../http/limits.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { rememberOrder } from '../orders/access.ts';
import type { Order } from '../orders/order.ts';
import { findOrder, giveBack } from '../orders/repository.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { Database } from '../platform/pg.ts';
import { isUniqueViolation } from '../platform/pg-errors.ts';
import { cartHolderOf, userOf } from '../session/session.ts';
import type { PaymentProvider, PaymentResult } from './payment.ts';
import { placeOrder } from './place.ts';
import type { Placed, PlaceRequest } from './place.ts';
import { findClaim, findOrderOfCart, settle } from './repository.ts';
import type { Shipping } from './shipping.ts';

export interface OrderWish {
  readonly key: string;
  readonly email: string;
  readonly address: Address;
  readonly shipping: Shipping;
  readonly cardNumber: string;
  readonly currency: Order['currency'];
  /**
   * What the shopper saw: the sum of the goods, or that with delivery. On the page it is the goods, because another
   * delivery may be chosen there than the one the total was shown with.
   */
  readonly expectedTotalCents: number;
}

export type CheckoutResult =
  | { readonly outcome: 'ordered' | 'replayed'; readonly order: Order }
  | { readonly outcome: 'declined' | 'timeout'; readonly order: Order };

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
}

/** Of what was sent, without the secret of the card. */
function fingerprintOf({ email, address, shipping, cardNumber, expectedTotalCents }: OrderWish): string {
  const parts = [email, address, shipping, cardNumber.slice(-4), expectedTotalCents];
  return hash('sha256', JSON.stringify(parts), 'base64url');
}

/** A cart that is empty may have been ordered a moment ago, by the first of two clicks. */
async function replayOfKey(ctx: AppContext, deps: CheckoutDeps, request: PlaceRequest): Promise<Placed> {
  const options = { deadline: ctx.state.deadline, afterLsn: null, primary: true };
  const found = await deps.db.read((q) => findClaim(q, request.scope, request.key), options);
  if (found === undefined) throw conflict('cart-empty', 'checkout.empty');
  if (found.fingerprint !== request.fingerprint) throw invalid({ '': ['checkout.keyReused'] });
  return { orderId: found.orderId, isNew: false };
}

async function place(ctx: AppContext, deps: CheckoutDeps, request: PlaceRequest): Promise<Placed> {
  if (request.cart.lines.length === 0) return replayOfKey(ctx, deps, request);
  try {
    const placed = await deps.db.transaction((q) => placeOrder(q, request), ctx.state.deadline);
    rememberWrite(ctx, placed.lsn);
    return placed.value;
  } catch (error) {
    if (!isUniqueViolation(error, 'purchase_cart_unique')) throw error;
  }
  // Another tab ordered this very cart with another key: its order is the answer.
  const options = { deadline: ctx.state.deadline, afterLsn: null, primary: true };
  const other = await deps.db.read((q) => findOrderOfCart(q, request.cart.id), options);
  if (other === undefined) throw conflict('in-progress', 'checkout.inProgress');
  return { orderId: other.id, isNew: false };
}

async function finish(
  ctx: AppContext,
  deps: CheckoutDeps,
  orderId: string,
  paid: PaymentResult,
): Promise<void> {
  const { lsn } = await deps.db.transaction(
    (q) =>
      paid.outcome === 'paid'
        ? settle(q, orderId, paid.reference)
        : giveBack(q, orderId, 'pending', 'declined'),
    ctx.state.deadline,
  );
  rememberWrite(ctx, lsn);
}

async function load(ctx: AppContext, deps: CheckoutDeps, orderId: string): Promise<Order> {
  const options = { deadline: ctx.state.deadline, afterLsn: ctx.state.afterLsn, primary: true };
  const order = await deps.db.read((q) => findOrder(q, orderId), options);
  if (order === undefined) throw notFound();
  return order;
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

async function order(ctx: AppContext, deps: CheckoutDeps, wish: OrderWish): Promise<CheckoutResult> {
  const holder = cartHolderOf(ctx);
  if (holder === null) throw conflict('cart-empty', 'checkout.empty');
  await deps.limits.checkout(ctx, holder);
  const request: PlaceRequest = {
    ...wish,
    orderId: randomUUID(),
    scope: holder,
    fingerprint: fingerprintOf(wish),
    cart: await deps.cartStore.read(holder, ctx.state),
    accountId: userOf(ctx)?.id ?? null,
    cardLastFour: wish.cardNumber.slice(-4),
  };
  const placed = await place(ctx, deps, request);
  let placedOrder = await load(ctx, deps, placed.orderId);
  let paid: PaymentResult | undefined;
  if (placedOrder.status === 'pending') {
    paid = await deps.payment.pay(placed.orderId, wish.cardNumber);
    await finish(ctx, deps, placed.orderId, paid);
    placedOrder = await load(ctx, deps, placed.orderId);
  }
  deps.announcer.note(placedOrder.lines.map((line) => line.slug));
  rememberOrder(ctx, placedOrder.id);
  if (placedOrder.status === 'declined') {
    return { outcome: paid?.outcome === 'timeout' ? 'timeout' : 'declined', order: placedOrder };
  }
  await emptyCart(ctx, deps, holder, placedOrder);
  return { outcome: placed.isNew ? 'ordered' : 'replayed', order: placedOrder };
}

export function createCheckout(deps: CheckoutDeps): Checkout {
  return {
    order: async (ctx, wish) => {
      const result = await order(ctx, deps, wish);
      deps.metrics.orders.inc({ outcome: result.outcome });
      return result;
    },
  };
}

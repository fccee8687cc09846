// The one transaction of an order: claim the key, lock the stock and put back what the cart held, count everything
// again under the lock, write the order, take the pieces. It either makes one order or finds the one that is there; run
// again after a lost reply it finds its own.
import type { Address } from '../account/account.ts';
import type { Cart } from '../cart/cart.ts';
import { conflict, invalid, notFound } from '../http/errors.ts';
import type { Currency } from '../http/view-parts.ts';
import type { Order } from '../orders/order.ts';
import { findOrder } from '../orders/repository.ts';
import type { Querier } from '../platform/pg.ts';
import { hasStock, lockForCart } from './holds.ts';
import { claim, insertLines, insertOrder } from './repository.ts';
import type { LockedVariant } from './repository.ts';
import type { Shipping } from './shipping.ts';
import { totalsOf } from './totals.ts';
import type { Totals } from './totals.ts';

export interface PlaceRequest {
  /** Made before the transaction, so that every try writes the same order. */
  readonly orderId: string;
  readonly scope: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly cart: Cart;
  readonly accountId: string | null;
  readonly email: string;
  readonly address: Address;
  readonly shipping: Shipping;
  readonly currency: Currency;
  readonly cardLastFour: string;
  /** The authorisation that pays for it. */
  readonly paymentReference: string;
  /** What the shopper saw. */
  readonly expectedTotalCents: number;
  /** Whether that must be the whole total; otherwise the sum of the goods will do. */
  readonly expectedWithDelivery: boolean;
}

export interface Placed {
  /** Replayed when the key, or the cart, had been ordered before. */
  readonly outcome: 'ordered' | 'replayed';
  readonly order: Order;
}

function orderLines(cart: Cart, variants: ReadonlyMap<string, LockedVariant>, totals: Totals) {
  return cart.lines.flatMap((line) => {
    const variant = variants.get(line.sku);
    if (variant === undefined) return [];
    const { sku, slug, name, colour, size } = variant;
    return [
      { sku, slug, name, colour, size, quantity: line.quantity, priceCents: totals.prices.get(sku) ?? 0 },
    ];
  });
}

function isExpected(request: PlaceRequest, { subtotalCents, totalCents }: Totals): boolean {
  const { expectedTotalCents, expectedWithDelivery } = request;
  return expectedTotalCents === totalCents || (!expectedWithDelivery && expectedTotalCents === subtotalCents);
}

async function write(q: Querier, request: PlaceRequest): Promise<void> {
  const { cart } = request;
  if (cart.lines.length === 0) throw conflict('cart-empty', 'checkout.empty');
  const { variants } = await lockForCart(q, cart);
  if (!hasStock(cart, variants)) throw conflict('stock-changed', 'checkout.stockChanged');
  const pieces = cart.lines.map(({ sku, quantity }) => {
    return { sku, quantity, euroCents: variants.get(sku)?.euroCents ?? 0 };
  });
  const totals = totalsOf(pieces, request.shipping, request.currency);
  if (!isExpected(request, totals)) throw conflict('total-changed', 'checkout.totalChanged');
  await insertOrder(q, {
    id: request.orderId,
    cartId: cart.id,
    accountId: request.accountId,
    email: request.email,
    address: request.address,
    shipping: request.shipping,
    currency: request.currency,
    subtotalCents: totals.subtotalCents,
    shippingCents: totals.shippingCents,
    cardLastFour: request.cardLastFour,
    paymentReference: request.paymentReference,
  });
  await insertLines(q, request.orderId, orderLines(cart, variants, totals));
}

export async function placeOrder(q: Querier, request: PlaceRequest): Promise<Placed> {
  const { scope, key, fingerprint, orderId } = request;
  const claimed = await claim(q, { scope, key, fingerprint, orderId });
  if (claimed.fingerprint !== fingerprint) throw invalid({ '': ['checkout.keyReused'] });
  // One that is not fresh, with our id: an earlier try of this very request was committed, but its reply was lost.
  if (claimed.isFresh) await write(q, request);
  const order = await findOrder(q, claimed.orderId);
  if (order === undefined) throw notFound();
  return { outcome: claimed.orderId === orderId ? 'ordered' : 'replayed', order };
}

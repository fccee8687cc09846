// The statements of placing an order; all run in one transaction, in this order: claim, lock, insert, take
// (what the cart held is put back in between: holds.ts).
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import type { Address } from '../account/account.ts';
import type { Localized } from '../catalog/seed-product.ts';
import type { Order } from '../orders/order.ts';
import { findOrder } from '../orders/repository.ts';

export interface Claim {
  /** Whose key it is: two shoppers may choose the same. */
  readonly scope: string;
  readonly key: string;
  /** Of what was sent; the same key with other contents is refused. */
  readonly fingerprint: string;
  readonly orderId: string;
}

/**
 * Claims the key for a new order, or finds who has it. Waits while another request with the same key is in its
 * transaction, so that a double click is answered with the one order.
 */
export async function claim(
  q: Querier,
  wanted: Claim,
): Promise<{ orderId: string; fingerprint: string; isFresh: boolean }> {
  const inserted = await q.run(sql`
    INSERT INTO checkout_claim (scope, key, fingerprint, purchase_id)
    VALUES (${wanted.scope}, ${wanted.key}, ${wanted.fingerprint}, ${wanted.orderId})
    ON CONFLICT DO NOTHING`);
  if (inserted === 1) return { ...wanted, isFresh: true };
  const found = await findClaim(q, wanted.scope, wanted.key);
  return { ...(found ?? wanted), isFresh: false };
}

export function findClaim(
  q: Querier,
  scope: string,
  key: string,
): Promise<{ orderId: string; fingerprint: string } | undefined> {
  return q.row(sql`
    SELECT purchase_id AS "orderId", fingerprint FROM checkout_claim
     WHERE scope = ${scope} AND key = ${key}`);
}

export interface LockedVariant {
  readonly sku: string;
  readonly slug: string;
  readonly name: Localized;
  readonly colour: string;
  readonly size: string;
  readonly euroCents: number;
  readonly stock: number;
}

/**
 * Locks the variants of these SKUs and those the cart holds, in the order of SKUs, so that two carts with the same
 * articles wait instead of deadlocking.
 */
export function lockVariants(q: Querier, skus: readonly string[], cartId: string): Promise<LockedVariant[]> {
  return q.rows<LockedVariant>(sql`
    SELECT v.sku, p.slug, p.name, v.colour, v.size, v.price_cents AS "euroCents", v.stock
      FROM variant v JOIN product p ON p.id = v.product_id
     WHERE v.sku = ANY (${skus} || ARRAY (SELECT h.sku FROM stock_hold h WHERE h.cart_id = ${cartId}))
     ORDER BY v.sku
       FOR UPDATE OF v`);
}

export interface NewOrder {
  readonly id: string;
  readonly cartId: string;
  readonly accountId: string | null;
  readonly email: string;
  readonly address: Address;
  readonly shipping: string;
  readonly currency: string;
  readonly subtotalCents: number;
  readonly shippingCents: number;
  readonly cardLastFour: string;
  readonly paymentReference: string;
}

/**
 * With the order to capture its payment and the mail that confirms it. Throws a violation of purchase_cart_unique when
 * the cart has been ordered already.
 */
export async function insertOrder(q: Querier, order: NewOrder): Promise<void> {
  await q.run(sql`
    WITH placed AS (
      INSERT INTO purchase (id, cart_id, account_id, email, status, address, shipping, currency, subtotal_cents,
                            shipping_cents, total_cents, card_last_four, payment_reference)
      VALUES (${order.id}, ${order.cartId}, ${order.accountId}, ${order.email}, 'paid',
              ${JSON.stringify(order.address)}, ${order.shipping}, ${order.currency}, ${order.subtotalCents},
              ${order.shippingCents}, ${order.subtotalCents + order.shippingCents}, ${order.cardLastFour},
              ${order.paymentReference})
      RETURNING id, email, payment_reference
    )
    INSERT INTO outbox (kind, payload)
    SELECT 'payment-capture', jsonb_build_object('reference', payment_reference) FROM placed
    UNION ALL
    SELECT 'order-confirmation', jsonb_build_object('orderId', id, 'email', email) FROM placed`);
}

export interface NewLine extends Omit<LockedVariant, 'euroCents' | 'stock'> {
  readonly quantity: number;
  readonly priceCents: number;
}

/** Inserts the lines and takes the pieces off the shelf. */
export async function insertLines(q: Querier, orderId: string, lines: readonly NewLine[]): Promise<void> {
  const rows = lines.map(({ sku, slug, name, colour, size, quantity, priceCents }) => {
    return { sku, slug, name, colour, size, quantity, price_cents: priceCents };
  });
  await q.run(sql`
    WITH line AS (
      INSERT INTO purchase_line (purchase_id, sku, slug, name, colour, size, quantity, price_cents)
      SELECT ${orderId}::uuid, sku, slug, name, colour, size, quantity, price_cents
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          AS row (sku text, slug text, name jsonb, colour text, size text, quantity int, price_cents int)
      RETURNING sku, quantity
    )
    UPDATE variant v SET stock = v.stock - line.quantity FROM line WHERE v.sku = line.sku`);
}

export async function findOrderOfCart(q: Querier, cartId: string): Promise<Order | undefined> {
  const found = await q.row<{ id: string }>(sql`
    SELECT id FROM purchase
     WHERE cart_id = ${cartId} AND status NOT IN ('declined', 'expired', 'cancelled')`);
  return found && findOrder(q, found.id);
}

/** The lines of the order that stands for this cart. */
export function findBoughtLines(q: Querier, cartId: string): Promise<{ sku: string; quantity: number }[]> {
  return q.rows<{ sku: string; quantity: number }>(sql`
    SELECT l.sku, l.quantity FROM purchase p JOIN purchase_line l ON l.purchase_id = p.id
     WHERE p.cart_id = ${cartId} AND p.status NOT IN ('declined', 'expired', 'cancelled')
       AND p.status <> 'pending'`);
}

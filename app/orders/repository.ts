// Reading orders, and moving one from state to state. Giving stock back and the change of state are one statement:
// neither happens without the other, and repeating it changes nothing.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import type { Order, Status } from './order.ts';

export const PAGE_SIZE = 10;

export function findOrder(q: Querier, id: string): Promise<Order | undefined> {
  return q.row<Order>(sql`
    SELECT p.id, 'MC-' || p.number AS number, p.cart_id AS "cartId", p.account_id AS "accountId", p.email, p.status,
           p.address, p.shipping, p.currency, p.subtotal_cents AS "subtotalCents",
           p.shipping_cents AS "shippingCents", p.total_cents AS "totalCents",
           p.card_last_four AS "cardLastFour", p.placed_at AS "placedAt",
           (SELECT json_agg(json_build_object('sku', l.sku, 'slug', l.slug, 'name', l.name, 'colour', l.colour,
                                              'size', l.size, 'quantity', l.quantity, 'priceCents', l.price_cents)
                            ORDER BY l.sku)
              FROM purchase_line l WHERE l.purchase_id = p.id) AS lines
      FROM purchase p WHERE p.id = ${id}`);
}

export interface OrderSummary {
  readonly id: string;
  readonly number: string;
  readonly status: Status;
  readonly currency: Order['currency'];
  readonly totalCents: number;
  readonly placedAt: Date;
  readonly email: string;
  readonly pieces: number;
}

/** One more than a page, to see whether there is a next one. */
export function listOrders(q: Querier, accountId: string, page: number): Promise<OrderSummary[]> {
  return q.rows<OrderSummary>(sql`
    SELECT p.id, 'MC-' || p.number AS number, p.status, p.currency, p.total_cents AS "totalCents",
           p.placed_at AS "placedAt", p.email,
           (SELECT sum(quantity)::int FROM purchase_line l WHERE l.purchase_id = p.id) AS pieces
      FROM purchase p
     WHERE p.account_id = ${accountId}
     ORDER BY p.placed_at DESC, p.number DESC
     LIMIT ${PAGE_SIZE + 1} OFFSET ${(page - 1) * PAGE_SIZE}`);
}

/** From `from` to `to`. Resolves with false when the order was not in `from`. */
export async function moveOrder(q: Querier, id: string, from: Status, to: Status): Promise<boolean> {
  return (await q.run(sql`UPDATE purchase SET status = ${to} WHERE id = ${id} AND status = ${from}`)) === 1;
}

/** The same, for states in which the pieces go back on the shelf, and the money of what was paid to its owner. */
export async function giveBack(
  q: Querier,
  id: string,
  from: Status,
  to: 'expired' | 'cancelled',
): Promise<boolean> {
  const changed = await q.run(sql`
    WITH moved AS (
      UPDATE purchase SET status = ${to} WHERE id = ${id} AND status = ${from} RETURNING id, payment_reference
    ), refund AS (
      INSERT INTO outbox (kind, payload)
      SELECT 'payment-release', jsonb_build_object('reference', payment_reference)
        FROM moved WHERE payment_reference IS NOT NULL
    )
    UPDATE variant v SET stock = v.stock + l.quantity
      FROM purchase_line l JOIN moved ON moved.id = l.purchase_id
     WHERE v.sku = l.sku`);
  return changed > 0;
}

// The statements behind the staff pages.
import type { Localized } from '../catalog/seed-product.ts';
import type { Status } from '../orders/order.ts';
import type { OrderSummary } from '../orders/repository.ts';
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';

export const ROWS = 20;

export interface StaffVariant {
  readonly sku: string;
  readonly name: Localized;
  readonly colour: string;
  readonly size: string;
  readonly stock: number;
  readonly priceCents: number;
  /** Pieces off the shelf that are not sold yet. */
  readonly held: number;
}

function patternOf(typed: string): string | null {
  return typed === '' ? null : `%${typed.replace(/[\\%_]/g, '\\$&')}%`;
}

/** One more than a page, to see whether there is a next one. */
export function listVariants(q: Querier, typed: string, page: number): Promise<StaffVariant[]> {
  const pattern = patternOf(typed);
  return q.rows<StaffVariant>(sql`
    WITH held AS (
      SELECT sku, sum(quantity)::int AS pieces
        FROM (SELECT l.sku, l.quantity
                FROM purchase o JOIN purchase_line l ON l.purchase_id = o.id WHERE o.status = 'pending'
              UNION ALL
              SELECT sku, quantity FROM stock_hold) pieces
       GROUP BY sku
    )
    SELECT v.sku, p.name, v.colour, v.size, v.stock, v.price_cents AS "priceCents",
           coalesce(held.pieces, 0) AS held
      FROM variant v JOIN product p ON p.id = v.product_id LEFT JOIN held ON held.sku = v.sku
     WHERE ${pattern}::text IS NULL OR v.sku ILIKE ${pattern}
        OR p.name ->> 'en' ILIKE ${pattern} OR p.name ->> 'de' ILIKE ${pattern}
     ORDER BY p.position DESC, v.colour_position, v.size_position
     LIMIT ${ROWS + 1} OFFSET ${(page - 1) * ROWS}`);
}

export interface VariantEdit {
  readonly sku: string;
  /** Null leaves it as it is. */
  readonly stock: number | null;
  /** The stock this change is based on: a sale since then must not be undone by it. */
  readonly seenStock: number;
  readonly priceCents: number | null;
}

/**
 * False when the stock is another one than was seen (or there is no such variant). Can be repeated: pass `mayBeDone` when
 * an earlier try of this very edit may have been committed. Only then is the stock that it wants its own work, and not a
 * sale that has come to the same number, which staff have not seen.
 */
export async function editVariant(q: Querier, edit: VariantEdit, mayBeDone: boolean): Promise<boolean> {
  const { sku, stock, seenStock, priceCents } = edit;
  const changed = await q.run(sql`
    UPDATE variant SET stock = coalesce(${stock}, stock), price_cents = coalesce(${priceCents}, price_cents)
     WHERE sku = ${sku}
       AND (${stock}::int IS NULL OR stock = ${seenStock} OR (${mayBeDone}::boolean AND stock = ${stock}))`);
  return changed === 1;
}

export async function stockOf(q: Querier, sku: string): Promise<number | undefined> {
  return (await q.row<{ stock: number }>(sql`SELECT stock FROM variant WHERE sku = ${sku}`))?.stock;
}

/** Of everybody, newest first; one more than a page. */
export function listAllOrders(q: Querier, status: Status | null, page: number): Promise<OrderSummary[]> {
  return q.rows<OrderSummary>(sql`
    SELECT p.id, 'MC-' || p.number AS number, p.status, p.currency, p.total_cents AS "totalCents",
           p.placed_at AS "placedAt", p.email,
           (SELECT sum(quantity)::int FROM purchase_line l WHERE l.purchase_id = p.id) AS pieces
      FROM purchase p
     WHERE ${status}::text IS NULL OR p.status = ${status}
     ORDER BY p.number DESC
     LIMIT ${ROWS + 1} OFFSET ${(page - 1) * ROWS}`);
}

/** The mail that tells the customer; in the transaction that makes it true. */
export async function announceShipping(q: Querier, orderId: string): Promise<void> {
  await q.run(sql`
    INSERT INTO outbox (kind, payload)
    SELECT 'order-shipped', jsonb_build_object('orderId', id, 'email', email) FROM purchase WHERE id = ${orderId}`);
}

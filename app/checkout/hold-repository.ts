// The statements of holding stock. Every transaction takes its locks in one order: variants by SKU, then holds, so
// that shoppers and the sweeper wait for each other and never deadlock. Holds are only touched under the locks of
// their variants.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';

export interface Freed {
  readonly sku: string;
  /** On the shelf after it was given back. */
  readonly stock: number;
  /** Until when the cart's own hold would have lasted; null when it had none, or it was over. */
  readonly ownUntil: Date | null;
}

/**
 * Puts back on the shelf what `cartId` holds of these variants, and what anybody's expired holds have. The variants
 * must be locked. Pass '' as cart to free only what has expired.
 */
export function freeHolds(q: Querier, cartId: string, skus: readonly string[]): Promise<Freed[]> {
  return q.rows<Freed>(sql`
    WITH gone AS (
      DELETE FROM stock_hold WHERE sku = ANY (${skus}) AND (cart_id = ${cartId} OR expires_at <= now())
      RETURNING cart_id, sku, quantity, expires_at
    ), back AS (
      SELECT sku, sum(quantity)::int AS pieces FROM gone GROUP BY sku
    )
    UPDATE variant v SET stock = v.stock + back.pieces FROM back WHERE v.sku = back.sku
    RETURNING v.sku, v.stock,
              (SELECT max(expires_at) FROM gone WHERE cart_id = ${cartId} AND expires_at > now()) AS "ownUntil"`);
}

export interface HoldWish {
  readonly cartId: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  /** Until when; null for `seconds` from now. */
  readonly until: Date | null;
  readonly seconds: number;
}

/** Takes the pieces off the shelf. The variants must be locked and have enough. Resolves with when it ends. */
export async function takeHolds(q: Querier, wish: HoldWish): Promise<Date | undefined> {
  const lines = wish.lines.map(({ sku, quantity }) => ({ sku, quantity }));
  const row = await q.row<{ until: Date }>(sql`
    WITH held AS (
      INSERT INTO stock_hold (cart_id, sku, quantity, expires_at)
      SELECT ${wish.cartId}, sku, quantity, coalesce(${wish.until}, now() + make_interval(secs => ${wish.seconds}))
        FROM jsonb_to_recordset(${JSON.stringify(lines)}::jsonb) AS row (sku text, quantity int)
      RETURNING sku, quantity, expires_at
    ), taken AS (
      UPDATE variant v SET stock = v.stock - held.quantity FROM held WHERE v.sku = held.sku
    )
    SELECT max(expires_at) AS until FROM held`);
  return row?.until;
}

/**
 * Gives what `from` still holds of these variants to `to`, with the time it has left. The variants must be locked.
 * Resolves with when that ends; undefined when there was nothing (any more).
 */
export async function moveHolds(
  q: Querier,
  { from, to }: { from: string; to: string },
  skus: readonly string[],
): Promise<Date | undefined> {
  const row = await q.row<{ until: Date | null }>(sql`
    WITH gone AS (
      DELETE FROM stock_hold WHERE cart_id = ${from} AND sku = ANY (${skus}) AND expires_at > now()
      RETURNING sku, quantity, expires_at
    ), moved AS (
      INSERT INTO stock_hold AS mine (cart_id, sku, quantity, expires_at)
      SELECT ${to}, sku, quantity, expires_at FROM gone
      ON CONFLICT (cart_id, sku) DO UPDATE
         SET quantity = mine.quantity + excluded.quantity, expires_at = greatest(mine.expires_at, excluded.expires_at)
      RETURNING expires_at
    )
    SELECT max(expires_at) AS until FROM moved`);
  return row?.until ?? undefined;
}

export interface Held {
  readonly sku: string;
  readonly quantity: number;
}

export function holdsOf(q: Querier, cartId: string): Promise<Held[]> {
  return q.rows<Held>(sql`SELECT sku, quantity FROM stock_hold WHERE cart_id = ${cartId}`);
}

/** SKUs with expired holds, at most `limit` holds at once. */
export async function expiredSkus(q: Querier, limit: number): Promise<string[]> {
  const rows = await q.rows<{ sku: string }>(sql`
    SELECT DISTINCT sku FROM (
      SELECT sku FROM stock_hold WHERE expires_at <= now() ORDER BY expires_at LIMIT ${limit}
    ) due`);
  return rows.map((row) => row.sku);
}

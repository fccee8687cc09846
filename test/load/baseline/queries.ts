// The baseline's statements, as one would write them first: one per thing the page shows, no cache between.
import type pg from 'pg';

export interface Card {
  readonly slug: string;
  readonly name: string;
  readonly price: number;
  readonly colours: readonly string[];
  readonly in_stock: boolean;
}

export interface Variant {
  readonly sku: string;
  readonly colour: string;
  readonly size: string;
  readonly price_cents: number;
  readonly stock: number;
}

export interface ProductRow {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly category: string;
}

const card = `p.slug, p.name ->> 'en' AS name, min(v.price_cents) AS price,
  array_agg(DISTINCT v.colour) AS colours, bool_or(v.stock > 0) AS in_stock`;

export async function findCategories(pool: pg.Pool): Promise<{ slug: string; name: string }[]> {
  const sql = `SELECT slug, name ->> 'en' AS name FROM category ORDER BY position`;
  return (await pool.query<{ slug: string; name: string }>(sql)).rows;
}

export async function findCards(pool: pg.Pool, category: string | null, limit: number): Promise<Card[]> {
  const sql = `SELECT ${card} FROM product p JOIN variant v ON v.product_id = p.id
    WHERE $1::text IS NULL OR p.category = $1 GROUP BY p.id ORDER BY p.position DESC LIMIT $2`;
  return (await pool.query<Card>(sql, [category, limit])).rows;
}

export async function countProducts(pool: pg.Pool, category: string): Promise<number> {
  const sql = `SELECT count(*)::int AS count FROM product WHERE category = $1`;
  return (await pool.query<{ count: number }>(sql, [category])).rows[0]?.count ?? 0;
}

export async function countBy(pool: pg.Pool, column: 'size' | 'colour', category: string) {
  const sql = `SELECT v.${column} AS value, count(DISTINCT p.id)::int AS count
    FROM variant v JOIN product p ON p.id = v.product_id WHERE p.category = $1 GROUP BY 1 ORDER BY 1`;
  return (await pool.query<{ value: string; count: number }>(sql, [category])).rows;
}

export async function findProduct(pool: pg.Pool, slug: string): Promise<ProductRow | undefined> {
  const sql = `SELECT id, slug, category, name ->> 'en' AS name, description ->> 'en' AS description
    FROM product WHERE slug = $1`;
  return (await pool.query<ProductRow>(sql, [slug])).rows[0];
}

export async function findVariants(pool: pg.Pool, productId: number): Promise<Variant[]> {
  const sql = `SELECT sku, colour, size, price_cents, stock FROM variant WHERE product_id = $1
    ORDER BY colour_position, size_position`;
  return (await pool.query<Variant>(sql, [productId])).rows;
}

export async function findBoughtTogether(pool: pg.Pool, slug: string): Promise<Card[]> {
  const sql = `SELECT ${card} FROM product p JOIN variant v ON v.product_id = p.id
    WHERE p.slug IN (SELECT other.slug FROM purchase_line mine JOIN purchase_line other
        ON other.purchase_id = mine.purchase_id AND other.slug <> mine.slug
      WHERE mine.slug = $1 GROUP BY other.slug ORDER BY count(*) DESC LIMIT 4)
    GROUP BY p.id`;
  return (await pool.query<Card>(sql, [slug])).rows;
}

export interface CartRow extends Variant {
  readonly slug: string;
  readonly name: string;
}

export async function findBySku(pool: pg.Pool, skus: readonly string[]): Promise<CartRow[]> {
  const sql = `SELECT v.sku, v.colour, v.size, v.price_cents, v.stock, p.slug, p.name ->> 'en' AS name
    FROM variant v JOIN product p ON p.id = v.product_id WHERE v.sku = ANY ($1) ORDER BY v.sku`;
  return (await pool.query<CartRow>(sql, [skus])).rows;
}

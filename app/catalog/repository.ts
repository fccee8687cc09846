// The catalogue's statements. All read; what changes stock is in checkout, what changes prices in staff.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { PAGE_SIZE, PRICE_RANGES } from './product.ts';
import type { FacetCount, Filter, ListedProduct, Product, VersionedProduct } from './product.ts';

/**
 * What was typed as a text search: every word as the beginning of one, all of them required. Only letters and
 * digits get through, so it is always a valid query; null when nothing is left.
 */
export function toTextQuery(typed: string): string | null {
  const words = typed.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.length === 0
    ? null
    : words
        .slice(0, 8)
        .map((word) => `'${word}':*`)
        .join(' & ');
}

interface Conditions {
  readonly text: string | null;
  readonly sizes: readonly string[] | null;
  readonly colours: readonly string[] | null;
  readonly from: number | null;
  readonly to: number | null;
}

function conditionsOf(filter: Filter): Conditions {
  return {
    text: toTextQuery(filter.query),
    sizes: filter.sizes.length > 0 ? filter.sizes : null,
    colours: filter.colours.length > 0 ? filter.colours : null,
    from: filter.price?.fromCents ?? null,
    to: filter.price?.toCents ?? null,
  };
}

interface ListedRow extends ListedProduct {
  readonly total: number;
}

export async function list(q: Querier, filter: Filter): Promise<{ items: ListedProduct[]; total: number }> {
  const { text, sizes, colours, from, to } = conditionsOf(filter);
  const rows = await q.rows<ListedRow>(sql`
    WITH asked AS (
      SELECT to_tsquery('english', ${text}) || to_tsquery('german', ${text}) AS query
    ), matching AS (
      SELECT p.id, p.slug, p.category, p.name, p.position, min(v.price_cents) AS price_cents,
             CASE WHEN ${text}::text IS NULL THEN 0 ELSE ts_rank(p.search, asked.query) END AS rank
        FROM product p CROSS JOIN asked JOIN variant v ON v.product_id = p.id
       WHERE (${filter.category}::text IS NULL OR p.category = ${filter.category})
         AND (${text}::text IS NULL OR p.search @@ asked.query)
         AND (${sizes}::text[] IS NULL OR v.size = ANY (${sizes}))
         AND (${colours}::text[] IS NULL OR v.colour = ANY (${colours}))
         AND (${from}::int IS NULL OR v.price_cents >= ${from})
         AND (${to}::int IS NULL OR v.price_cents < ${to})
       GROUP BY p.id, asked.query
    )
    SELECT m.slug, m.category, m.name, m.price_cents AS "priceCents",
           count(*) OVER ()::int AS total,
           (SELECT array_agg(c.colour ORDER BY c.position)
              FROM (SELECT v.colour, min(v.colour_position) AS position
                      FROM variant v WHERE v.product_id = m.id GROUP BY v.colour) c) AS colours,
           EXISTS (SELECT FROM variant v WHERE v.product_id = m.id AND v.stock > 0) AS "inStock"
      FROM matching m
     ORDER BY CASE WHEN ${filter.sort} = 'relevance' THEN m.rank END DESC NULLS LAST,
              CASE WHEN ${filter.sort} = 'price-asc' THEN m.price_cents END,
              CASE WHEN ${filter.sort} = 'price-desc' THEN m.price_cents END DESC NULLS LAST,
              CASE WHEN ${filter.sort} = 'name' THEN m.name ->> ${filter.language} END,
              m.position DESC, m.id
     LIMIT ${PAGE_SIZE} OFFSET ${(filter.page - 1) * PAGE_SIZE}`);
  const items = rows.map(({ slug, category, name, priceCents, colours: all, inStock }) => {
    return { slug, category, name, priceCents, colours: all, inStock };
  });
  // No row tells the total beyond the last page (an old bookmark): the facets beside it would contradict a 0.
  if (items.length === 0 && filter.page > 1) {
    return { items, total: (await list(q, { ...filter, page: 1 })).total };
  }
  return { items, total: rows[0]?.total ?? 0 };
}

/** How many articles each further choice would leave; a facet does not narrow itself. */
export async function facets(q: Querier, filter: Filter): Promise<FacetCount[]> {
  const { text, sizes, colours, from, to } = conditionsOf(filter);
  const lower = PRICE_RANGES.map((range) => range.fromCents ?? 0);
  const ranges = PRICE_RANGES.map((range) => range.value);
  return q.rows<FacetCount>(sql`
    WITH asked AS (
      SELECT to_tsquery('english', ${text}) || to_tsquery('german', ${text}) AS query
    ), found AS (
      SELECT p.id, p.category, v.size, v.colour, v.price_cents,
             (${sizes}::text[] IS NULL OR v.size = ANY (${sizes})) AS size_fits,
             (${colours}::text[] IS NULL OR v.colour = ANY (${colours})) AS colour_fits,
             (${from}::int IS NULL OR v.price_cents >= ${from})
               AND (${to}::int IS NULL OR v.price_cents < ${to}) AS price_fits,
             (${filter.category}::text IS NULL OR p.category = ${filter.category}) AS category_fits
        FROM product p CROSS JOIN asked JOIN variant v ON v.product_id = p.id
       WHERE ${text}::text IS NULL OR p.search @@ asked.query
    )
    SELECT 'size' AS facet, size AS value, count(DISTINCT id)::int AS count
      FROM found WHERE colour_fits AND price_fits AND category_fits GROUP BY size
    UNION ALL
    SELECT 'colour', colour, count(DISTINCT id)::int
      FROM found WHERE size_fits AND price_fits AND category_fits GROUP BY colour
    UNION ALL
    SELECT 'category', category, count(DISTINCT id)::int
      FROM found WHERE size_fits AND colour_fits AND price_fits GROUP BY category
    UNION ALL
    SELECT 'price', (${ranges}::text[])[width_bucket(price_cents, ${lower}::int[])], count(DISTINCT id)::int
      FROM found WHERE size_fits AND colour_fits AND category_fits GROUP BY 2`);
}

interface ProductRow extends Product {
  readonly version: string;
}

/** Whole articles by slug, in no order; those that do not exist are missing. */
export async function findProducts(q: Querier, slugs: readonly string[]): Promise<VersionedProduct[]> {
  const rows = await q.rows<ProductRow>(sql`
    SELECT p.slug, p.category, p.name, p.description,
           json_agg(json_build_object('sku', v.sku, 'colour', v.colour, 'size', v.size,
                                      'priceCents', v.price_cents, 'stock', v.stock)
                    ORDER BY v.colour_position, v.size_position) AS variants,
           (p.version + sum(v.version))::text AS version
      FROM product p JOIN variant v ON v.product_id = p.id
     WHERE p.slug = ANY (${slugs})
     GROUP BY p.id`);
  return rows.map(({ version, ...product }) => ({ product, version: Number(version) }));
}

/** What people bought in the same orders, most often first. */
export async function boughtTogether(q: Querier, slug: string, limit: number): Promise<string[]> {
  const rows = await q.rows<{ slug: string }>(sql`
    SELECT other.slug
      FROM purchase_line mine JOIN purchase_line other
        ON other.purchase_id = mine.purchase_id AND other.slug <> mine.slug
      JOIN purchase p ON p.id = mine.purchase_id
     WHERE mine.slug = ${slug} AND p.status IN ('paid', 'shipped', 'delivered')
     GROUP BY other.slug ORDER BY count(*) DESC, other.slug LIMIT ${limit}`);
  return rows.map((row) => row.slug);
}

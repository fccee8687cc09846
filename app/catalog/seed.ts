// Puts the seed catalogue into Postgres. Can be run again at any time: words and pictures follow the seed, while
// prices and stock that staff or sales have changed are left alone.
import type { Querier } from '../platform/pg.ts';
import { sql } from '../platform/sql.ts';
import { SIZES, skuOf } from './seed-product.ts';
import type { SeedCategory, SeedProduct } from './seed-product.ts';

export interface SeedData {
  readonly categories: readonly SeedCategory[];
  readonly catalogue: readonly SeedProduct[];
}

async function seedCategories(q: Querier, categories: readonly SeedCategory[]): Promise<void> {
  const rows = categories.map((category, position) => ({ ...category, position }));
  await q.run(sql`
    INSERT INTO category (slug, position, name, description)
    SELECT slug, position, name, description
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row (slug text, position int, name jsonb, description jsonb)
    ON CONFLICT (slug) DO UPDATE
      SET position = excluded.position, name = excluded.name, description = excluded.description`);
}

async function seedProducts(q: Querier, catalogue: readonly SeedProduct[]): Promise<void> {
  const rows = catalogue.map(({ slug, category, name, description, picture }, index) => {
    return { slug, category, name, description, picture, position: catalogue.length - index };
  });
  await q.run(sql`
    INSERT INTO product (slug, category, name, description, picture, position)
    SELECT slug, category, name, description, picture, position
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row (slug text, category text, name jsonb, description jsonb, picture text, position int)
    ON CONFLICT (slug) DO UPDATE
      SET category = excluded.category, name = excluded.name, description = excluded.description,
          picture = excluded.picture, position = excluded.position`);
}

function coloursOf(product: SeedProduct): string[] {
  return [...new Set(product.variants.map((variant) => variant.colour))];
}

async function seedVariants(q: Querier, catalogue: readonly SeedProduct[]): Promise<number> {
  const rows = catalogue.flatMap((product) =>
    product.variants.map((variant) => ({
      sku: skuOf(product.slug, variant.colour, variant.size),
      slug: product.slug,
      colour: variant.colour,
      size: variant.size,
      colour_position: coloursOf(product).indexOf(variant.colour),
      size_position: SIZES.indexOf(variant.size),
      price_cents: product.priceCents,
      stock: variant.stock,
    })),
  );
  return q.run(sql`
    INSERT INTO variant (sku, product_id, colour, size, colour_position, size_position, price_cents, stock)
    SELECT row.sku, product.id, row.colour, row.size, row.colour_position, row.size_position, row.price_cents,
           row.stock
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
        AS row (sku text, slug text, colour text, size text, colour_position int, size_position int,
                price_cents int, stock int)
      JOIN product ON product.slug = row.slug
    ON CONFLICT (sku) DO UPDATE
      SET colour_position = excluded.colour_position, size_position = excluded.size_position`);
}

/** Resolves with the number of variants. */
export async function seed(q: Querier, data: SeedData): Promise<number> {
  await seedCategories(q, data.categories);
  await seedProducts(q, data.catalogue);
  return seedVariants(q, data.catalogue);
}

// Reads of the catalogue for everybody who needs them: pages, the JSON API, cart and checkout pages. Reads come
// from replicas that have this shopper's own writes.
import type { AppContext } from '../http/context.ts';
import type { Database, ReadOptions } from '../platform/pg.ts';
import type { Filter, ListedProduct, Listing, Product, SellableVariant } from './product.ts';
import { boughtTogether, facets, findListed, findProduct, findVariants, list } from './repository.ts';

export interface Catalog {
  readonly listing: (ctx: AppContext, filter: Filter) => Promise<Listing>;
  readonly product: (ctx: AppContext, slug: string) => Promise<Product | undefined>;
  readonly listed: (ctx: AppContext, slugs: readonly string[]) => Promise<readonly ListedProduct[]>;
  readonly boughtTogether: (ctx: AppContext, slug: string) => Promise<readonly ListedProduct[]>;
  /** By SKU; SKUs that do not exist are missing from the map. */
  readonly variants: (
    ctx: AppContext,
    skus: readonly string[],
  ) => Promise<ReadonlyMap<string, SellableVariant>>;
}

const RECOMMENDED = 4;

export function readOptions(ctx: AppContext): ReadOptions {
  return { deadline: ctx.state.deadline, afterLsn: ctx.state.afterLsn };
}

/** Keeps the order of `slugs`: the one seen last comes first. */
function inOrder(found: readonly ListedProduct[], slugs: readonly string[]): ListedProduct[] {
  return slugs.flatMap((slug) => found.find((product) => product.slug === slug) ?? []);
}

export function createCatalog(db: Database): Catalog {
  return {
    listing: (ctx, filter) =>
      db.read(async (q) => {
        const { items, total } = await list(q, filter);
        return { items, total, facets: await facets(q, filter) };
      }, readOptions(ctx)),
    product: (ctx, slug) => db.read((q) => findProduct(q, slug), readOptions(ctx)),
    listed: async (ctx, slugs) =>
      inOrder(await db.read((q) => findListed(q, slugs), readOptions(ctx)), slugs),
    boughtTogether: (ctx, slug) =>
      db.read(async (q) => {
        const slugs = await boughtTogether(q, slug, RECOMMENDED);
        return inOrder(await findListed(q, slugs), slugs);
      }, readOptions(ctx)),
    variants: async (ctx, skus) => {
      if (skus.length === 0) return new Map();
      const found = await db.read((q) => findVariants(q, skus), readOptions(ctx));
      return new Map(found.map((variant) => [variant.sku, variant]));
    },
  };
}

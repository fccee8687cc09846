// Where the catalogue is read from: Postgres, or a cache in front of it. Both answer the same questions, so pages
// work the same with the cache on or off.
import type { Database, ReadOptions } from '../platform/pg.ts';
import type { Filter, Listing, Product, VersionedProduct } from './product.ts';
import { boughtTogether, facets, findProducts, list } from './repository.ts';

export interface CatalogSource {
  readonly product: (slug: string, options: ReadOptions) => Promise<Product | undefined>;
  /** By slug; slugs that do not exist are missing from the map. */
  readonly products: (
    slugs: readonly string[],
    options: ReadOptions,
  ) => Promise<ReadonlyMap<string, Product>>;
  readonly listing: (filter: Filter, options: ReadOptions) => Promise<Listing>;
  /** Slugs of what was bought in the same orders, most often first. */
  readonly together: (slug: string, options: ReadOptions) => Promise<readonly string[]>;
}

export interface VersionedSource extends CatalogSource {
  readonly versioned: (
    slugs: readonly string[],
    options: ReadOptions,
  ) => Promise<ReadonlyMap<string, VersionedProduct>>;
}

const RECOMMENDED = 4;

export function createSource(db: Database): VersionedSource {
  const versioned: VersionedSource['versioned'] = async (slugs, options) => {
    if (slugs.length === 0) return new Map();
    const found = await db.read((q) => findProducts(q, slugs), options);
    return new Map(found.map((entry) => [entry.product.slug, entry]));
  };
  return {
    versioned,
    product: async (slug, options) => (await versioned([slug], options)).get(slug)?.product,
    products: async (slugs, options) => {
      const found = await versioned(slugs, options);
      return new Map([...found].map(([slug, { product }]) => [slug, product]));
    },
    listing: (filter, options) =>
      db.read(async (q) => {
        const { items, total } = await list(q, filter);
        return { items, total, facets: await facets(q, filter) };
      }, options),
    together: (slug, options) => db.read((q) => boughtTogether(q, slug, RECOMMENDED), options),
  };
}

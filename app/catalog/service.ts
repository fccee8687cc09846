// Reads of the catalogue for everybody who needs them: pages, the JSON API, cart and checkout pages. Everything but
// lists comes from whole articles, so one copy of an article answers for its page, its cards and a cart's lines.
import type { AppContext } from '../http/context.ts';
import type { ReadOptions } from '../platform/pg.ts';
import type { Filter, ListedProduct, Listing, Product, SellableVariant } from './product.ts';
import { isSku } from './schema.ts';
import { slugOf } from './seed-product.ts';
import type { CatalogSource } from './source.ts';

/** The same object is answered for as long as its content is the same and the cache has it. */
export interface Catalog {
  readonly listing: (ctx: AppContext, filter: Filter) => Promise<Listing>;
  readonly product: (ctx: AppContext, slug: string) => Promise<Product | undefined>;
  readonly listed: (ctx: AppContext, slugs: readonly string[]) => Promise<readonly ListedProduct[]>;
  /** Of orders that were paid; empty until there are some. */
  readonly boughtTogether: (ctx: AppContext, slug: string) => Promise<readonly ListedProduct[]>;
  /** Others of the same category, the newest first. */
  readonly alike: (
    ctx: AppContext,
    product: Pick<Product, 'slug' | 'category'>,
  ) => Promise<readonly ListedProduct[]>;
  readonly variant: (ctx: AppContext, sku: string) => Promise<SellableVariant | undefined>;
  /** By SKU; SKUs that do not exist are missing from the map. */
  readonly variants: (
    ctx: AppContext,
    skus: readonly string[],
  ) => Promise<ReadonlyMap<string, SellableVariant>>;
}

export function readOptions(ctx: AppContext): ReadOptions {
  return { deadline: ctx.state.deadline, afterLsn: ctx.state.afterLsn };
}

function listedFrom({ slug, category, name, variants }: Product): ListedProduct {
  return {
    slug,
    category,
    name,
    priceCents: Math.min(...variants.map((variant) => variant.priceCents)),
    colours: [...new Set(variants.map((variant) => variant.colour))],
    inStock: variants.some((variant) => variant.stock > 0),
  };
}

function sellableFrom({ slug, name, variants }: Product): ReadonlyMap<string, SellableVariant> {
  return new Map(variants.map((variant) => [variant.sku, { ...variant, slug, name }]));
}

/** Remembers what was made of an object for as long as the object lives. */
function memoized<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>();
  return (key) => {
    const value = made.get(key) ?? make(key);
    made.set(key, value);
    return value;
  };
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

const ALIKE = 4;

/** The first page of a category, as everybody sees it: most likely in the cache already. */
function newestOf(category: string): Filter {
  const all = {
    query: '',
    sizes: [],
    colours: [],
    price: null,
    sort: 'newest',
    page: 1,
    language: 'en',
  } as const;
  return { ...all, category };
}

/** The same array again for the same list and article. */
function othersIn(): (listing: Listing, slug: string) => readonly ListedProduct[] {
  const made = new WeakMap<Listing, Map<string, readonly ListedProduct[]>>();
  return (listing, slug) => {
    const known = made.get(listing) ?? new Map<string, readonly ListedProduct[]>();
    made.set(listing, known);
    const others = known.get(slug) ?? listing.items.filter((item) => item.slug !== slug).slice(0, ALIKE);
    known.set(slug, others);
    return others;
  };
}

function sellableIn(source: CatalogSource): Pick<Catalog, 'variant' | 'variants'> {
  const sellable = memoized(sellableFrom);
  return {
    variant: async (ctx, sku) => {
      if (!isSku(sku)) return undefined;
      const product = await source.product(slugOf(sku), readOptions(ctx));
      return product && sellable(product).get(sku);
    },
    variants: async (ctx, skus) => {
      const slugs = new Map(skus.filter(isSku).map((sku) => [sku, slugOf(sku)]));
      const found = await source.products([...new Set(slugs.values())], readOptions(ctx));
      const known = new Map<string, SellableVariant>();
      for (const [sku, slug] of slugs) {
        const product = found.get(slug);
        const variant = product && sellable(product).get(sku);
        if (variant !== undefined) known.set(sku, variant);
      }
      return known;
    },
  };
}

export function createCatalog(source: CatalogSource): Catalog {
  const others = othersIn();
  const card = memoized(listedFrom);
  /** By the list of slugs: the cards that were last made of it. */
  const shelves = new WeakMap<readonly string[], readonly ListedProduct[]>();

  async function cards(slugs: readonly string[], options: ReadOptions): Promise<readonly ListedProduct[]> {
    const found = await source.products(slugs, options);
    const made = slugs.flatMap((slug) => {
      const product = found.get(slug);
      return product === undefined ? [] : [card(product)];
    });
    const shelf = shelves.get(slugs);
    if (shelf !== undefined && isSame(shelf, made)) return shelf;
    shelves.set(slugs, made);
    return made;
  }

  return {
    listing: (ctx, filter) => source.listing(filter, readOptions(ctx)),
    product: (ctx, slug) => source.product(slug, readOptions(ctx)),
    listed: (ctx, slugs) => cards(slugs, readOptions(ctx)),
    boughtTogether: async (ctx, slug) =>
      cards(await source.together(slug, readOptions(ctx)), readOptions(ctx)),
    alike: async (ctx, { slug, category }) =>
      others(await source.listing(newestOf(category), readOptions(ctx)), slug),
    ...sellableIn(source),
  };
}

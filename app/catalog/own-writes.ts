// Whoever has just written (staff a price, a shopper an order) reads a catalogue that has it. Mostly the caches do, for
// they are told of every change; while nobody tells, they may be half a second old, and what fills them a replica. Then,
// and for what could not be told, such a visitor's reads go past them, to a server that has what was written.
import type { ReadOptions } from '../platform/pg.ts';
import type { CatalogSource } from './source.ts';

/** What cannot be read past the caches is answered from them: better the last known than nothing. */
export function seeOwnWrites(
  cached: CatalogSource,
  source: CatalogSource,
  isFed: () => boolean,
  untold: ReadonlySet<string>,
): CatalogSource {
  async function read<T>(
    options: ReadOptions,
    isTold: boolean,
    from: (one: CatalogSource) => Promise<T>,
  ): Promise<T> {
    if (options.afterLsn === null || (isTold && isFed())) return from(cached);
    return from(source).catch(() => from(cached));
  }
  return {
    product: (slug, options) => read(options, !untold.has(slug), (one) => one.product(slug, options)),
    products: (slugs, options) => {
      const isTold = !slugs.some((slug) => untold.has(slug));
      return read(options, isTold, (one) => one.products(slugs, options));
    },
    listing: (filter, options) => read(options, untold.size === 0, (one) => one.listing(filter, options)),
    // Of all orders ever: one's own does not show in it.
    together: cached.together,
  };
}

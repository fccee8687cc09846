// Whoever has just written (staff a price, a shopper an order) reads a catalogue that has it. Mostly the caches do, for
// they are told of every change; while nobody tells, they may be half a second old, and what fills them a replica. Then
// such a visitor's reads go past them, to a server that has what was written.
import type { ReadOptions } from '../platform/pg.ts';
import type { CatalogSource } from './source.ts';

/** What cannot be read past the caches is answered from them: better the last known than nothing. */
export function seeOwnWrites(
  cached: CatalogSource,
  source: CatalogSource,
  isFed: () => boolean,
): CatalogSource {
  async function read<T>(options: ReadOptions, from: (one: CatalogSource) => Promise<T>): Promise<T> {
    if (options.afterLsn === null || isFed()) return from(cached);
    return from(source).catch(() => from(cached));
  }
  return {
    product: (slug, options) => read(options, (one) => one.product(slug, options)),
    products: (slugs, options) => read(options, (one) => one.products(slugs, options)),
    listing: (filter, options) => read(options, (one) => one.listing(filter, options)),
    // Of all orders ever: one's own does not show in it.
    together: cached.together,
  };
}

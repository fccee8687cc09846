// Who reads the catalogue past the caches, so that a write of one's own is always seen.
import { expect } from 'chai';
import { seeOwnWrites } from '../../../../app/catalog/own-writes.ts';
import type { CatalogSource } from '../../../../app/catalog/source.ts';
import type { Filter } from '../../../../app/catalog/product.ts';

const filter = {} as Filter;
const options = (afterLsn: string | null) => ({ deadline: 0, afterLsn });
const writer = options('0/16B3748');

/** Says of itself where an answer came from. */
function sourceSaying(name: string): CatalogSource {
  const answer = (): Promise<never> => Promise.resolve(name as never);
  return { product: answer, products: answer, listing: answer, together: answer };
}

describe('the catalogue for somebody who has just written', () => {
  function from(isFed: boolean, source = sourceSaying('postgres'), untold: readonly string[] = []) {
    const catalogue = seeOwnWrites(sourceSaying('cache'), source, () => isFed, new Set(untold));
    return (afterLsn: typeof writer) =>
      Promise.all([
        catalogue.product('tee', afterLsn),
        catalogue.products(['tee'], afterLsn),
        catalogue.listing(filter, afterLsn),
      ]);
  }

  it('comes from the caches while they are told of every change', async () => {
    expect(await from(true)(writer)).to.deep.equal(['cache', 'cache', 'cache']);
  });

  it('comes from a server that has the write while nobody tells them', async () => {
    expect(await from(false)(writer)).to.deep.equal(['postgres', 'postgres', 'postgres']);
  });

  it('comes from such a server where it may show something of which nobody could be told', async () => {
    const read = (untold: string) => from(true, sourceSaying('postgres'), [untold])(writer);
    expect(await read('tee')).to.deep.equal(['postgres', 'postgres', 'postgres']);
    expect(await read('coat')).to.deep.equal(['cache', 'cache', 'postgres']);
  });

  it('comes from the caches for all others', async () => {
    expect(await from(false)(options(null))).to.deep.equal(['cache', 'cache', 'cache']);
  });

  it('is the last known where no server can be read', async () => {
    const away = () => Promise.reject(new Error('postgres: away'));
    const none = { product: away, products: away, listing: away, together: away };
    expect(await from(false, none)(writer)).to.deep.equal(['cache', 'cache', 'cache']);
  });
});

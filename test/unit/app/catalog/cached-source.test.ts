// What the catalogue's caches answer when nobody told them of a change: by their own clock, on stores that the test
// changes.
import { expect } from 'chai';
import { createCachedSource } from '../../../../app/catalog/cached-source.ts';
import type { Filter, Listing, Product } from '../../../../app/catalog/product.ts';
import { keysOf } from '../../../../app/catalog/shared-cache.ts';
import type { SharedCache } from '../../../../app/catalog/shared-cache.ts';
import type { VersionedSource } from '../../../../app/catalog/source.ts';
import { createMetrics } from '../../../../app/platform/metrics.ts';
import type { ReadOptions } from '../../../../app/platform/pg.ts';

const MINUTE_MS = 60_000;
const options: ReadOptions = { deadline: Infinity, afterLsn: null };
const filter = { sort: 'newest' } as Filter;

function bench() {
  const made = {
    nowMs: 1_000_000,
    /** What Postgres has, by slug; `undefined`: it is away. */
    postgres: new Map<string, string>() as Map<string, string> | undefined,
    loads: 0,
    /** What Redis has, for every article. */
    copy: undefined as string | undefined,
    untold: new Set<string>(),
    primaryAsked: [] as boolean[],
  };
  const known = (): ReadonlyMap<string, string> => {
    made.loads += 1;
    if (made.postgres === undefined) throw new Error('postgres: away');
    return made.postgres;
  };
  const productOf = (slug: string, category: string): Product => ({ slug, category }) as Product;
  const source = {
    versioned: (slugs: readonly string[], { primary }: ReadOptions) =>
      Promise.resolve().then(() => {
        made.primaryAsked.push(primary === true);
        const found = [...known()].filter(([slug]) => slugs.includes(slug));
        return new Map(found.map(([slug, as]) => [slug, { product: productOf(slug, as), version: 1 }]));
      }),
    listing: (_filter: Filter, { primary }: ReadOptions) =>
      Promise.resolve().then((): Listing => {
        made.primaryAsked.push(primary === true);
        return { items: [], total: known().size, facets: [] };
      }),
  } as unknown as VersionedSource;
  const shared = {
    read: (slug: string) => Promise.resolve(made.copy === undefined ? undefined : productOf(slug, made.copy)),
    fill: () => Promise.resolve(),
    listsAfter: () => Promise.resolve(null),
  } as unknown as SharedCache;
  const cached = createCachedSource({
    ...{ source, shared, isFed: () => true, metrics: createMetrics(), untold: made.untold },
    nowMs: () => made.nowMs,
  });
  return { ...cached, made, seen: async (slug: string) => (await cached.product(slug, options))?.category };
}

describe('the catalogue’s caches, told of nothing', () => {
  it('show a change to the first who asks long after it', async () => {
    const { made, seen, listing } = bench();
    made.postgres?.set('tee', 'old');
    expect([await seen('tee'), (await listing(filter, options)).total]).to.deep.equal(['old', 1]);
    made.postgres?.set('tee', 'new').set('coat', 'new');
    made.nowMs += 10 * MINUTE_MS;
    expect([await seen('tee'), (await listing(filter, options)).total]).to.deep.equal(['new', 2]);
  });

  it('find what was not there to the first who asks soon after', async () => {
    const { made, seen } = bench();
    expect(await seen('tee')).to.equal(undefined);
    made.postgres?.set('tee', 'new');
    made.nowMs += MINUTE_MS / 2;
    expect(await seen('tee')).to.equal('new');
  });

  it('answer a hot article at once and load it beside that, and never wait for it', async () => {
    const { made, seen } = bench();
    made.postgres?.set('tee', 'old');
    await seen('tee');
    made.postgres?.set('tee', 'new');
    made.nowMs += 45_000;
    expect(await seen('tee')).to.equal('old');
    await new Promise((resolve) => setImmediate(resolve));
    expect(await seen('tee')).to.equal('new');
    expect(made.loads).to.equal(2);
  });

  it('show the last known for an hour while Postgres is away', async () => {
    const { made, seen } = bench();
    made.postgres?.set('tee', 'last known');
    await seen('tee');
    made.postgres = undefined;
    made.nowMs += 50 * MINUTE_MS;
    expect(await seen('tee')).to.equal('last known');
    made.nowMs += 11 * MINUTE_MS;
    expect(await seen('tee').catch((error: unknown) => String(error))).to.include('postgres: away');
  });

  it('pass over Redis’ copy of what it could not be told, and ask the primary', async () => {
    const { made, seen, listing, changed } = bench();
    made.postgres?.set('tee', 'new').set('coat', 'new');
    made.copy = 'old';
    made.untold.add('tee');
    expect([await seen('tee'), await seen('coat')]).to.deep.equal(['new', 'old']);
    await listing(filter, options);
    expect(made.primaryAsked).to.deep.equal([true, true]);
    made.untold.clear();
    changed(keysOf(['tee']));
    expect(await seen('tee')).to.equal('old');
  });
});

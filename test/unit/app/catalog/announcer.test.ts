// What could not be told is not forgotten: it is told with the next, or with the sweep that comes by every half minute.
import { expect } from 'chai';
import { createAnnouncer } from '../../../../app/catalog/announcer.ts';
import type { SharedCache } from '../../../../app/catalog/shared-cache.ts';
import type { Log } from '../../../../app/platform/log.ts';
import type { Database } from '../../../../app/platform/pg.ts';
import { RedisUnavailable } from '../../../../app/platform/redis-errors.ts';

function bench() {
  const made = { redisTakes: true, postgresAnswers: true, tries: 0, told: [] as string[][] };
  /** Finds every article it is asked for: all that the announcer takes from one is its slug. */
  const querier = {
    rows: ({ values }: { values: unknown[] }) =>
      Promise.resolve((values[0] as string[]).map((slug) => ({ slug, version: '1' }))),
    row: () => Promise.resolve({ lsn: '0/1' }),
  };
  const db = {
    read: (work: (q: unknown) => unknown) => {
      made.tries += 1;
      return made.postgresAnswers ? work(querier) : Promise.reject(new Error('postgres: away'));
    },
  } as unknown as Database;
  const refuse = () => Promise.reject(new RedisUnavailable('catalog.announce', 'refused'));
  const shared = {
    announce: (entries: { product: { slug: string } }[]) => {
      if (!made.redisTakes) return refuse();
      made.told.push(entries.map(({ product }) => product.slug));
      return Promise.resolve();
    },
    drop: refuse,
  } as unknown as SharedCache;
  const untold = new Set<string>();
  const log = { warn: () => undefined } as unknown as Log;
  return { made, untold, ...createAnnouncer({ db, shared, forget: () => undefined, untold, log }) };
}

describe('the announcer', () => {
  it('tells later what Redis would not take, with what is noted next', async () => {
    const { made, note, settled } = bench();
    made.redisTakes = false;
    note(['tee']);
    await settled();
    expect(made.tries, 'it gives up for now').to.equal(3);
    made.redisTakes = true;
    note(['coat']);
    await settled();
    expect(made.told).to.deep.equal([['tee', 'coat']]);
    note([]);
    await settled();
    expect(made.told, 'and once').to.have.length(1);
  });

  it('says what Redis has old copies of, until it could be told', async () => {
    const { made, tell, note, settled, untold } = bench();
    made.redisTakes = false;
    await tell(['tee']);
    expect([...untold]).to.deep.equal(['tee']);
    await settled();
    made.redisTakes = true;
    note([]);
    await settled();
    expect([...untold]).to.deep.equal([]);
  });

  it('tells later what Postgres could not say in time, also of a change that staff saved', async () => {
    const { made, tell, note, settled } = bench();
    made.postgresAnswers = false;
    expect(await tell(['tee']).catch((error: unknown) => String(error))).to.include('postgres: away');
    await settled();
    made.postgresAnswers = true;
    note([]);
    await settled();
    expect(made.told).to.deep.equal([['tee']]);
  });
});

// The cache's promises, on loads that end when the test says so.
import { expect } from 'chai';
import { createCache } from '../../../../app/platform/cache.ts';
import type { Cache, CacheOutcome } from '../../../../app/platform/cache.ts';

interface Bench {
  readonly cache: Cache<string | undefined>;
  readonly outcomes: CacheOutcome[];
  /** Loads under way, in the order in which they began. */
  readonly loads: { answer: (value: string | undefined) => void; fail: () => void }[];
  readonly load: () => Promise<string | undefined>;
  limitMs: number;
  nowMs: number;
}

function bench(freshMs = 60_000): Bench {
  const outcomes: CacheOutcome[] = [];
  const loads: Bench['loads'] = [];
  const made: Bench = {
    outcomes,
    loads,
    limitMs: Infinity,
    nowMs: performance.now(),
    load: () =>
      new Promise((answer, reject) => {
        loads.push({ answer, fail: () => reject(new Error('the store is away')) });
      }),
    cache: createCache({
      maxEntries: 10,
      freshMs: (value) => (value === undefined ? 0 : freshMs),
      rescueMs: 60_000,
      longestAgeMs: () => made.limitMs,
      nowMs: () => made.nowMs,
      onRead: (outcome) => outcomes.push(outcome),
    }),
  };
  return made;
}

/** Lets promises that can go on go on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

async function filled(one: Bench, value: string): Promise<void> {
  const got = one.cache.get('a', one.load);
  await settle();
  one.loads.pop()?.answer(value);
  await got;
  one.outcomes.length = 0;
}

describe('the cache', () => {
  it('loads once however many ask at once', async () => {
    const one = bench();
    const asked = [1, 2, 3].map(() => one.cache.get('a', one.load));
    await settle();
    expect(one.loads).to.have.length(1);
    one.loads[0]?.answer('x');
    expect(await Promise.all(asked)).to.deep.equal(['x', 'x', 'x']);
    expect(one.outcomes.sort()).to.deep.equal(['coalesced', 'coalesced', 'miss']);
    expect(await one.cache.get('a', one.load)).to.equal('x');
    expect(one.outcomes.at(-1)).to.equal('hit');
  });

  it('answers an entry past its time at once and loads it anew, once', async () => {
    const one = bench(0);
    await filled(one, 'old');
    one.nowMs += 2;
    const answers = [await one.cache.get('a', one.load), await one.cache.get('a', one.load)];
    await settle();
    expect(answers).to.deep.equal(['old', 'old']);
    expect(one.outcomes).to.deep.equal(['stale', 'stale']);
    expect(one.loads).to.have.length(1);
  });

  it('waits for a load when nothing older than a limit may be answered', async () => {
    const one = bench();
    await filled(one, 'old');
    one.limitMs = -1;
    const asked = one.cache.get('a', one.load);
    await settle();
    one.loads[0]?.answer('new');
    expect(await asked).to.equal('new');
  });

  it('does not keep what was dropped while it was loaded, and loads again only after that', async () => {
    const one = bench();
    const first = one.cache.get('a', one.load);
    await settle();
    one.cache.drop('a');
    const second = one.cache.get('a', one.load);
    await settle();
    expect(one.loads, 'one load at a time').to.have.length(1);
    one.loads[0]?.answer('old');
    expect(await first).to.equal('old');
    await settle();
    one.loads[1]?.answer('new');
    expect(await second).to.equal('new');
    expect(await one.cache.get('a', one.load)).to.equal('new');
    expect(one.loads).to.have.length(2);
  });

  it('makes one load more for any number of changes while a load runs: the next begins after all of them', async () => {
    const one = bench();
    const first = one.cache.get('a', one.load);
    await settle();
    one.cache.drop('a');
    const second = one.cache.get('a', one.load);
    one.cache.drop('a');
    const third = one.cache.get('a', one.load);
    one.loads[0]?.answer('old');
    expect(await first).to.equal('old');
    await settle();
    expect(one.loads).to.have.length(2);
    one.loads[1]?.answer('new');
    expect(await Promise.all([second, third])).to.deep.equal(['new', 'new']);
    expect(await one.cache.get('a', one.load)).to.equal('new');
    expect(one.loads).to.have.length(2);
  });

  it('loads again although the outdated load failed', async () => {
    const one = bench();
    const first = one.cache.get('a', one.load).catch((error: unknown) => String(error));
    await settle();
    one.cache.clear();
    const second = one.cache.get('a', one.load);
    await settle();
    one.loads[0]?.fail();
    expect(await first).to.include('the store is away');
    await settle();
    one.loads[1]?.answer('new');
    expect(await second).to.equal('new');
  });

  it('answers the last known when the load fails, and throws when there is none', async () => {
    const one = bench();
    await filled(one, 'last known');
    one.limitMs = -1;
    const asked = one.cache.get('a', one.load);
    await settle();
    one.loads[0]?.fail();
    expect(await asked).to.equal('last known');
    expect(one.outcomes).to.deep.equal(['rescued']);
    const nothing = one.cache.get('b', one.load).catch((error: unknown) => String(error));
    await settle();
    one.loads[1]?.fail();
    expect(await nothing).to.include('the store is away');
  });

  it('does not let everybody wait while loads fail: after one that failed, the last known is answered at once', async () => {
    const one = bench();
    await filled(one, 'last known');
    one.limitMs = -1;
    const asked = one.cache.get('a', one.load);
    await settle();
    one.loads.pop()?.fail();
    await asked;
    one.outcomes.length = 0;
    for (let reader = 0; reader < 3; reader += 1) {
      expect(await one.cache.get('a', one.load)).to.equal('last known');
    }
    expect(one.outcomes).to.deep.equal(['rescued', 'rescued', 'rescued']);
    expect(one.loads, 'one that tries').to.have.length(1);
    one.loads[0]?.answer('new');
    await settle();
    one.limitMs = Infinity;
    expect(await one.cache.get('a', one.load)).to.equal('new');
  });

  it('waits for a load again when the last failure was long ago', async () => {
    const one = bench();
    await filled(one, 'last known');
    one.limitMs = -1;
    const asked = one.cache.get('a', one.load);
    await settle();
    one.loads.pop()?.fail();
    await asked;
    one.nowMs += 15_000;
    const again = one.cache.get('a', one.load);
    await settle();
    one.loads[0]?.answer('new');
    expect(await again).to.equal('new');
  });

  it('remembers that there is nothing, for its own time', async () => {
    const one = bench();
    const asked = one.cache.get('a', one.load);
    await settle();
    one.loads[0]?.answer(undefined);
    expect(await asked).to.equal(undefined);
    expect(await one.cache.get('a', one.load)).to.equal(undefined);
    expect(one.outcomes[1]).to.be.oneOf(['hit', 'stale']);
  });

  it('keeps no more entries than it may', async () => {
    const one = bench();
    for (let key = 0; key < 30; key += 1) {
      const asked = one.cache.get(String(key), one.load);
      await settle();
      one.loads.at(-1)?.answer('x');
      await asked;
    }
    void one.cache.get('0', one.load);
    await settle();
    expect(one.loads, 'the first has gone').to.have.length(31);
  });
});

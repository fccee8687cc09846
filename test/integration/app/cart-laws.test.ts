// The laws of a cart, on real Redis with random histories: it is what its acknowledged changes add up to, repeating
// an operation changes nothing, and merging twice is merging once.
import { expect } from 'chai';
import fc from 'fast-check';
import { MAX_LINES, MAX_QUANTITY } from '../../../app/cart/cart.ts';
import type { Cart, CartChange, CartRequest, CartStore } from '../../../app/cart/cart.ts';
import { createKeptCarts } from '../../../app/cart/kept-store.ts';
import { buyRecord, changeRecord } from '../../../app/cart/record-change.ts';
import { recordOf } from '../../../app/cart/record-text.ts';
import { cartOf, contains, EMPTY_RECORD, joinRecords } from '../../../app/cart/record.ts';
import type { CartRecord } from '../../../app/cart/record.ts';
import { mergeCarts, NO_CART } from '../../../app/cart/rules.ts';
import { createRedisCarts } from '../../../app/cart/redis-store.ts';
import type { RedisCarts } from '../../../app/cart/redis-store.ts';
import { NO_SECOND_COPY } from '../../../app/cart/second-copy.ts';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { connectRedis } from '../../../app/platform/redis.ts';
import type { AppRedis } from '../../../app/platform/redis.ts';
import { blessFirstMaster, startRedisSet } from '../../support/redis-set.ts';
import type { RedisSet } from '../../support/redis-set.ts';
import { settingsFor } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';
import { anyCartChange } from '../../unit/app/cart/arbitraries.ts';

type Lines = Map<string, number>;

/** The rules of one change, said plainly. */
function apply(lines: Lines, change: CartChange): Lines {
  const next = new Map(lines);
  const had = next.get(change.sku) ?? 0;
  if (change.verb === 'remove') next.delete(change.sku);
  else if (change.verb === 'set') next.set(change.sku, Math.min(MAX_QUANTITY, change.quantity));
  else next.set(change.sku, Math.min(MAX_QUANTITY, had + change.quantity));
  return next;
}

const within = (ms: number): CartRequest => ({ deadline: deadlineIn(ms) });
const linesOf = (cart: Cart): Lines => new Map(cart.lines.map(({ sku, quantity }) => [sku, quantity]));
const sorted = (lines: Lines) => [...lines].sort();

describe('laws of a cart', function () {
  this.timeout(timeouts.fixtureMs);
  let set: RedisSet;
  let redis: AppRedis;
  let records: RedisCarts;
  let carts: CartStore;
  let nextHolder = 0;
  const holder = (kind: string): string => `${kind}-${(nextHolder += 1)}`;
  const run = (name: string, one: CartChange, id: string) => carts.change(name, one, id, within(10_000));

  before(async () => {
    set = await startRedisSet({ members: 2, sentinels: 1 });
    await blessFirstMaster(set);
    redis = connectRedis(settingsFor(set));
    await redis.ready(timeouts.localServerReadyMs);
    records = createRedisCarts(redis);
    carts = createKeptCarts({ redis: records, copy: NO_SECOND_COPY, event: () => undefined });
  });
  after(async () => {
    redis.close();
    await set.close();
  });

  it('is the sum of its changes, in order, however often each is repeated', async () => {
    const history = fc.array(fc.tuple(anyCartChange, fc.integer({ min: 1, max: 3 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const name = holder('g');
        let expected: Lines = new Map();
        for (const [index, [one, times]] of steps.entries()) {
          expected = apply(expected, one);
          for (let time = 0; time < times; time += 1) await run(name, one, `operation-${index}`);
        }
        const cart = await carts.read(name, within(5_000));
        expect(sorted(linesOf(cart))).to.deep.equal(sorted(expected));
        expect(cart.version).to.equal(steps.length);
      }),
      { numRuns: 40 },
    );
  });

  it('is the sum of changes that came at once, each counted once, in the order in which they were acknowledged', async () => {
    const atOnce = fc.array(fc.tuple(anyCartChange, fc.integer({ min: 1, max: 3 })), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(atOnce, async (changes) => {
        const name = holder('g');
        const answers = await Promise.all(
          changes.flatMap(([one, times], index) =>
            Array.from({ length: times }, async () => {
              const { outcome, cart } = await run(name, one, `operation-${index}`);
              return { outcome, version: cart.version, one, index };
            }),
          ),
        );
        const counted = answers.filter(({ outcome }) => outcome === 'changed');
        counted.sort((a, b) => a.version - b.version);
        expect(counted.map(({ version }) => version)).to.deep.equal(changes.map((_, at) => at + 1));
        expect(new Set(counted.map(({ index }) => index)).size, 'each once').to.equal(changes.length);
        let expected: Lines = new Map();
        for (const { one } of counted) expected = apply(expected, one);
        const cart = await carts.read(name, within(5_000));
        expect(sorted(linesOf(cart))).to.deep.equal(sorted(expected));
      }),
      { numRuns: 40 },
    );
  });

  it('is the same record, field by field, whether the script or TypeScript changes it', async () => {
    const step = fc.oneof(
      { weight: 5, arbitrary: anyCartChange },
      { weight: 1, arbitrary: fc.constant({ verb: 'buy' as const }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const name = holder('g');
        let expected = EMPTY_RECORD;
        for (const [index, one] of steps.entries()) {
          const op = `operation-${index}`;
          const at = expected.clock + 1;
          const { text } =
            one.verb === 'buy'
              ? await records.bought(name, cartOf(expected), 5_000)
              : await records.change(name, { change: one, operationId: op, seen: expected.clock }, 5_000);
          const record = recordOf(text);
          expected =
            one.verb === 'buy'
              ? buyRecord(expected, cartOf(expected), at, record.id.id)
              : changeRecord(expected, one, { at, op }, record.id.id).record;
          expect(record).to.deep.equal(expected);
          expect(await records.read(name, 5_000), 'what is kept').to.deep.equal(expected);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('does not forget who is ahead when more operations pass than it remembers', async () => {
    const name = holder('g');
    let expected: CartRecord = EMPTY_RECORD;
    for (let index = 0; index < 150; index += 1) {
      const one: CartChange =
        index % 3 === 2
          ? { verb: 'remove', sku: `tee-${index - 1}` }
          : { verb: 'add', sku: `tee-${index % 40}`, quantity: 1, priceCents: 1_000 };
      const op = `operation-${index}`;
      // As the version before left it: the scripts count what it did not count for them.
      if (index % 50 === 49) await set.connect('redis-0').hdel(`cart:${name}`, 'k');
      const change = { change: one, operationId: op, seen: 0 };
      const record = recordOf((await records.change(name, change, 5_000)).text);
      expected = changeRecord(expected, one, { at: index + 1, op }, record.id.id).record;
      expect(record).to.deep.equal(expected);
      expect(await records.read(name, 5_000), 'what is kept').to.deep.equal(expected);
    }
  });

  it('refuses to be changed while the browser has seen a newer one', async () => {
    const name = holder('g');
    const add: CartChange = { verb: 'add', sku: 'tee-navy-m', quantity: 1, priceCents: 1_000 };
    await records.change(name, { change: add, operationId: 'operation-a', seen: 0 }, 5_000);
    const behind = await records.change(name, { change: add, operationId: 'operation-b', seen: 2 }, 5_000);
    expect(behind.outcome).to.equal('behind');
    expect(recordOf(behind.text).version).to.equal(1);
  });

  it('loses no line when a guest cart is merged, and merging twice is merging once', async () => {
    const side = fc.array(anyCartChange, { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(side, side, async (asGuest, asUser) => {
        const [guest, user] = [holder('g'), holder('u')];
        for (const [index, one] of asGuest.entries()) await run(guest, one, `guest-op-${index}`);
        for (const [index, one] of asUser.entries()) await run(user, one, `user-op-${index}`);
        let expected = linesOf(await carts.read(user, within(5_000)));
        for (const line of (await carts.read(guest, within(5_000))).lines) {
          expected = apply(expected, { verb: 'add', ...line, priceCents: line.seenPriceCents });
        }
        await Promise.all([1, 2, 3].map(() => carts.merge(guest, user, within(5_000))));
        expect(sorted(linesOf(await carts.read(user, within(5_000))))).to.deep.equal(sorted(expected));
        expect((await carts.read(guest, within(5_000))).lines).to.deep.equal([]);
      }),
      { numRuns: 30 },
    );
  });

  it('leaves of a merged cart what older copies bring nothing back to, and later changes come through', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCartChange, { minLength: 1, maxLength: 5 }), async (asGuest) => {
        const [guest, user] = [holder('g'), holder('u')];
        for (const [index, one] of asGuest.entries()) await run(guest, one, `guest-op-${index}`);
        const copy = await records.read(guest, 5_000);
        fc.pre(cartOf(copy).lines.length > 0);
        await carts.merge(guest, user, within(5_000));
        const left = await records.read(guest, 5_000);
        expect(contains(left, copy)).to.equal(true);
        expect(cartOf(joinRecords(copy, left)).lines).to.deep.equal([]);
        const add: CartChange = { verb: 'add', sku: 'cap-red-one', quantity: 1, priceCents: 1_000 };
        const stamp = { at: copy.clock + 1, op: 'operation-in-postgres' };
        const later = joinRecords(left, changeRecord(copy, add, stamp, '').record);
        expect(sorted(linesOf(cartOf(later)))).to.deep.equal([['cap-red-one', 1]]);
        expect(later.id.id).to.not.equal(copy.id.id);
      }),
      { numRuns: 20 },
    );
  });

  for (const lines of [MAX_LINES - 1, MAX_LINES]) {
    it(`merges into a cart of ${lines} lines as the rules in TypeScript do`, async () => {
      const [guest, user] = [holder('g'), holder('u')];
      const filled = async (name: string, from: number, count: number): Promise<Cart> => {
        let record = EMPTY_RECORD;
        for (let index = from; index < from + count; index += 1) {
          const one: CartChange = { verb: 'add', sku: `tee-${index}`, quantity: 2, priceCents: index };
          const stamp = { at: record.clock + 1, op: `operation-${index}` };
          record = changeRecord(record, one, stamp, `id-${name}`).record;
        }
        await records.replace(name, EMPTY_RECORD, record, 5_000);
        return cartOf(record);
      };
      const [theirs, mine] = [await filled(guest, 40, 20), await filled(user, 0, lines)];
      const expected = mergeCarts({ ...NO_CART, ...theirs }, { ...NO_CART, ...mine }, '').cart;
      const { cart } = await carts.merge(guest, user, within(5_000));
      expect(cart.lines).to.deep.equal(expected.lines);
      expect(cart.lines).to.have.length(lines < MAX_LINES ? 60 : MAX_LINES);
      const another: CartChange = { verb: 'add', sku: 'one-more', quantity: 1, priceCents: 1 };
      expect((await run(user, another, 'operation-more')).outcome).to.equal('full');
      // From another store (two-stores.ts) lines come one by one.
      const brought: CartChange = { ...another, verb: 'bring' };
      expect((await run(user, brought, 'operation-brought')).outcome).to.equal('changed');
    });
  }

  it('merges what a guest began under the same name after a merge whose answer got lost', async () => {
    const [guest, user] = [holder('g'), holder('u')];
    const add = (one: string): CartChange => ({ verb: 'add', sku: one, quantity: 1, priceCents: 1_000 });
    for (const sku of ['tee-navy-m', 'cap-red-one']) {
      await run(guest, add(sku), `operation-${sku}`);
      for (let times = 0; times < 2; times += 1) await carts.merge(guest, user, within(5_000));
    }
    expect(sorted(linesOf(await carts.read(user, within(5_000))))).to.deep.equal([
      ['cap-red-one', 1],
      ['tee-navy-m', 1],
    ]);
  });

  it('lets what was added after an order stay when the bought pieces leave, once', async () => {
    const name = holder('u');
    const add = (pieces: number): CartChange => {
      return { verb: 'add', sku: 'tee-navy-m', quantity: pieces, priceCents: 1_000 };
    };
    const bought = (await run(name, add(2), 'operation-a')).cart;
    await run(name, add(3), 'operation-b');
    await Promise.all([1, 2].map(() => carts.bought(name, bought, within(5_000))));
    const cart = await carts.read(name, within(5_000));
    expect(sorted(linesOf(cart))).to.deep.equal([['tee-navy-m', 3]]);
    expect(cart.id).to.not.equal(bought.id);
  });
});

// The laws of joining two copies of a cart that were changed apart, with random histories: nothing acknowledged is
// forgotten, nothing counts twice, and it does not matter who meets whom, in which order or how often.
import { expect } from 'chai';
import fc from 'fast-check';
import type { CartChange } from '../../../../app/cart/cart.ts';
import { buyRecord, changeRecord } from '../../../../app/cart/record-change.ts';
import { hashOf, recordFrom } from '../../../../app/cart/record-hash.ts';
import { cartOf, contains, EMPTY_RECORD, joinRecords } from '../../../../app/cart/record.ts';
import type { CartRecord } from '../../../../app/cart/record.ts';
import { cartChange } from './arbitraries.ts';

type Step = CartChange | { readonly verb: 'buy' };

const change = cartChange({
  skus: ['tee-navy-m', 'coat-sand-s'],
  priceCents: fc.integer({ min: 1, max: 3 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 9, arbitrary: change },
  { weight: 1, arbitrary: fc.constant({ verb: 'buy' as const }) },
);
const history = fc.array(step, { maxLength: 9 });

function take(record: CartRecord, one: Step, op: string): CartRecord {
  const at = record.clock + 1;
  if (one.verb === 'buy') return buyRecord(record, cartOf(record), at, `cart-of-${op}`);
  return changeRecord(record, one, { at, op }, `cart-of-${op}`).record;
}

function grow(record: CartRecord, steps: readonly Step[], name: string): CartRecord {
  return steps.reduce((grown, one, index) => take(grown, one, `${name}-${index}`), record);
}

const hashed = (record: CartRecord): Record<string, string> => {
  const flat = hashOf(record);
  return Object.fromEntries(flat.flatMap((field, at) => (at % 2 === 0 ? [[field, flat[at + 1] ?? '']] : [])));
};

/** Three copies that went apart from a common one; the second and third also got the same retried operation. */
const copies = fc
  .tuple(history, history, history, history, change)
  .map(([common, a, b, c, retried]): [CartRecord, CartRecord, CartRecord] => {
    const from = grow(EMPTY_RECORD, common, 'common');
    const withRetry = (record: CartRecord): CartRecord => take(record, retried, 'retried');
    return [grow(from, a, 'a'), withRetry(grow(from, b, 'b')), grow(withRetry(from), c, 'c')];
  });

describe('two copies of a cart', () => {
  it('join to the same whichever comes first', () => {
    fc.assert(
      fc.property(copies, ([a, b]) => {
        expect(joinRecords(a, b)).to.deep.equal(joinRecords(b, a));
      }),
    );
  });

  it('join to the same in whichever order three of them meet', () => {
    fc.assert(
      fc.property(copies, ([a, b, c]) => {
        expect(joinRecords(joinRecords(a, b), c)).to.deep.equal(joinRecords(a, joinRecords(b, c)));
      }),
    );
  });

  it('are not changed by joining again what was joined', () => {
    fc.assert(
      fc.property(copies, ([a, b]) => {
        const joined = joinRecords(a, b);
        expect(joinRecords(joined, a)).to.deep.equal(joined);
        expect(joinRecords(joined, joined)).to.deep.equal(joined);
        expect(contains(joined, a) && contains(joined, b)).to.equal(true);
      }),
    );
  });

  it('join to as many changes as both have had, an operation that reached both counting once', () => {
    fc.assert(
      fc.property(copies, ([a, b, c]) => {
        const all = joinRecords(joinRecords(a, b), c);
        const ops = new Set([a, b, c].flatMap((copy) => Object.keys(copy.ops)));
        expect(all.version).to.equal(ops.size);
        expect(all.clock).to.equal(Math.max(a.clock, b.clock, c.clock));
      }),
    );
  });

  it('both count when each added to the same line', () => {
    const add = (pieces: number): CartChange => {
      return { verb: 'add', sku: 'tee-navy-m', quantity: pieces, priceCents: 1 };
    };
    const from = grow(EMPTY_RECORD, [add(1)], 'common');
    const joined = joinRecords(grow(from, [add(2)], 'a'), grow(from, [add(3), add(1)], 'b'));
    expect(cartOf(joined).lines).to.deep.equal([{ sku: 'tee-navy-m', quantity: 7, seenPriceCents: 1 }]);
  });

  it('keep what was removed removed, and what was bought bought', () => {
    const add = { verb: 'add', sku: 'tee-navy-m', quantity: 2, priceCents: 1 } as const;
    const from = grow(EMPTY_RECORD, [add], 'common');
    const removed = grow(from, [{ verb: 'remove', sku: 'tee-navy-m' }], 'a');
    const bought = grow(from, [{ verb: 'buy' }], 'b');
    expect(cartOf(joinRecords(removed, from)).lines).to.deep.equal([]);
    expect(cartOf(joinRecords(from, bought)).lines).to.deep.equal([]);
    expect(cartOf(joinRecords(from, bought)).id).to.equal(bought.id.id);
  });

  it('count as one when one of them is only further ahead than operations are remembered', () => {
    const add = { verb: 'set', sku: 'tee-navy-m', quantity: 2, priceCents: 1 } as const;
    const old = grow(EMPTY_RECORD, Array(10).fill(add) as Step[], 'common');
    const ahead = grow(old, Array(100).fill(add) as Step[], 'a');
    expect(joinRecords(old, ahead)).to.deep.equal(ahead);
    expect(joinRecords(old, ahead).version).to.equal(110);
  });

  it('come back from Redis’ hash as they went in', () => {
    fc.assert(
      fc.property(copies, ([a, b]) => {
        const joined = joinRecords(a, b);
        expect(recordFrom(hashed(joined))).to.deep.equal(joined);
      }),
    );
  });
});

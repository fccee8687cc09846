// Telling from two hashes of a cart that one is the other with further changes, so that a cart that changes all the
// time is written to Postgres without reading and joining what came between.
import { expect } from 'chai';
import { changeRecord } from '../../../../app/cart/record-change.ts';
import { continues, flatFields, hashOf, recordFrom } from '../../../../app/cart/record-hash.ts';
import { EMPTY_RECORD, joinRecords, KNOWN_OPS } from '../../../../app/cart/record.ts';
import type { CartRecord } from '../../../../app/cart/record.ts';

const read = (record: CartRecord): CartRecord => recordFrom(flatFields(hashOf(record)));

function grown(record: CartRecord, changes: number, name: string): CartRecord {
  let next = record;
  for (let at = 0; at < changes; at += 1) {
    const change = { verb: 'add', sku: `tee-${name}`, quantity: 1, priceCents: 100 } as const;
    next = changeRecord(next, change, { at: next.clock + 1, op: `${name}-${at}` }, 'the-cart').record;
  }
  return next;
}

describe('a cart that continues another', () => {
  const short = grown(EMPTY_RECORD, 3, 'a');
  const full = grown(EMPTY_RECORD, KNOWN_OPS + 5, 'a');

  for (const [name, before] of [
    ['a short history', short],
    ['a history of which the beginning is forgotten', full],
  ] as const) {
    it(`is known after further changes of ${name}, and joined it is itself`, () => {
      const after = grown(before, 7, 'b');
      expect(continues(read(after), read(before))).to.equal(true);
      expect(read(joinRecords(before, after))).to.deep.equal(read(after));
    });
  }

  it('is itself', () => {
    expect(continues(read(full), read(full))).to.equal(true);
  });

  it('is not one that went another way, nor an older one, nor one that is too far ahead to tell', () => {
    const [one, other] = [grown(short, 2, 'b'), grown(short, 4, 'c')];
    expect(continues(read(other), read(one))).to.equal(false);
    expect(continues(read(short), read(one))).to.equal(false);
    expect(continues(read(grown(short, KNOWN_OPS + 1, 'd')), read(short))).to.equal(false);
    expect(continues(read(one), EMPTY_RECORD)).to.equal(false);
  });
});

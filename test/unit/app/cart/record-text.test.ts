// A cart's record as text, and what is told from it without reading all of it: which change is the newest, and whether
// another one is the same with further changes, so that a cart that changes all the time reaches Postgres as it is.
import { expect } from 'chai';
import { changeRecord } from '../../../../app/cart/record-change.ts';
import { continues, newestIn, recordOf, textOf } from '../../../../app/cart/record-text.ts';
import { EMPTY_RECORD, joinRecords, KNOWN_OPS } from '../../../../app/cart/record.ts';
import type { CartRecord } from '../../../../app/cart/record.ts';

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
      expect(continues(textOf(after), textOf(before))).to.equal(true);
      expect(textOf(joinRecords(before, after))).to.equal(textOf(after));
    });
  }

  it('is itself', () => {
    expect(continues(textOf(full), textOf(full))).to.equal(true);
  });

  it('is not one that went another way, nor an older one, nor one that is too far ahead to tell', () => {
    const [one, other] = [grown(short, 2, 'b'), grown(short, 4, 'c')];
    expect(continues(textOf(other), textOf(one))).to.equal(false);
    expect(continues(textOf(short), textOf(one))).to.equal(false);
    expect(continues(textOf(grown(short, KNOWN_OPS + 1, 'd')), textOf(short))).to.equal(false);
    expect(continues(textOf(one), textOf(EMPTY_RECORD))).to.equal(false);
  });
});

describe('the text of a cart', () => {
  it('is the record again', () => {
    const record = grown(EMPTY_RECORD, KNOWN_OPS + 5, 'a');
    expect(recordOf(textOf(record))).to.deep.equal(record);
    expect(recordOf(textOf(EMPTY_RECORD))).to.deep.equal(EMPTY_RECORD);
  });

  it('names its newest change', () => {
    expect(newestIn(textOf(grown(EMPTY_RECORD, 3, 'a')))).to.deep.equal({ at: 3, op: 'a-2' });
    expect(newestIn(textOf(EMPTY_RECORD))).to.deep.equal({ at: 0, op: '' });
  });
});

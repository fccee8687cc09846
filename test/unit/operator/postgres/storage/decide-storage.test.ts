import { expect } from 'chai';
import { decideStorage, quantityBytes } from '../../../../../operator/postgres/storage/decide-storage.ts';
import type { Claim } from '../../../../../operator/postgres/storage/decide-storage.ts';

const claim = (changes: Partial<Claim> = {}): Claim => ({
  ...{ name: 'data-pg-0', requested: '2Gi', capacity: '2Gi', refused: null },
  ...changes,
});
const other = claim({ name: 'data-pg-1', requested: '4Gi', capacity: '4Gi' });

type Row = [string, string | null, readonly Claim[], readonly string[], string | null];

const rows: readonly Row[] = [
  ['no size wanted: nothing', null, [claim()], [], null],
  ['as wanted: nothing to do', '2Gi', [claim()], [], 'AsWanted'],
  ['bigger than wanted: never smaller', '1Gi', [claim(), other], [], 'AsWanted'],
  ['too small: grows', '4Gi', [claim(), other], ['data-pg-0'], 'Growing'],
  ['asked for, not yet there: waits', '4Gi', [claim({ requested: '4Gi' }), other], [], 'Growing'],
  ['not bound yet: waits', '2Gi', [claim({ capacity: null })], [], 'Growing'],
  ['refused: says so', '4Gi', [claim({ refused: 'class cannot' }), other], ['data-pg-0'], 'CannotGrow'],
];

describe('the volumes of a set whose size is changed', () => {
  for (const [name, wanted, claims, grow, reason] of rows) {
    it(name, () => {
      const decided = decideStorage(wanted, claims);
      expect(decided.grow).to.deep.equal(grow);
      expect(decided.condition?.reason ?? null).to.equal(reason);
    });
  }

  it('are named with the server’s reason when they cannot grow', () => {
    const { condition } = decideStorage('4Gi', [claim({ refused: 'class cannot' })]);
    expect(condition).to.include({ status: 'False', message: 'data-pg-0 stays at 2Gi: class cannot' });
  });

  it('are compared by bytes, in whatever unit the server answers', () => {
    expect(quantityBytes('1536Mi')).to.equal(quantityBytes('1.5Gi'));
    expect(quantityBytes('2147483648')).to.equal(quantityBytes('2Gi'));
    expect(() => quantityBytes('two')).to.throw('not a quantity');
  });
});

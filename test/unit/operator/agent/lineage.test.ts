import { expect } from 'chai';
import { logTerm, lossOfStopped, relate } from '../../../../operator/agent/lineage.ts';
import { compareLsn, lsnDistance, lsnToNumber } from '../../../../operator/agent/lsn.ts';

const one = { term: 1, startLsn: '0/0' };
const two = { term: 2, startLsn: '0/200' };
const three = { term: 3, startLsn: '0/300' };

describe('log positions', () => {
  it('orders them as numbers, not as text', () => {
    expect(compareLsn('0/9', '0/10')).to.equal(-1);
    expect(compareLsn('1/0', '0/FFFFFFFF')).to.equal(1);
    expect(lsnDistance('0/FFFFFFFF', '1/0')).to.equal(1);
  });

  for (const bad of ['', '0', '0/G', '0/0/0', '123456789/0']) {
    it(`refuses "${bad}"`, () => expect(() => lsnToNumber(bad)).to.throw('not an LSN'));
  }
});

describe('whose log it is', () => {
  it('is of the newest term whose beginning the log has reached', () => {
    expect(logTerm([one, two, three], '0/2FF')).to.equal(2);
    expect(logTerm([one, two, three], '0/300')).to.equal(3);
    expect(logTerm([], '0/300')).to.equal(0);
  });

  it('is a beginning of the primary’s up to the byte where the next term began', () => {
    expect(relate([one], '0/200', [one, two])).to.deep.equal({ kind: 'prefix' });
    expect(relate([one], '0/201', [one, two])).to.deep.equal({
      ...{ kind: 'diverged', forkLsn: '0/200', rewindable: true },
    });
  });

  it('has diverged when it holds a term the primary never had', () => {
    expect(relate([one, two], '0/250', [one, three])).to.deep.equal({
      ...{ kind: 'diverged', forkLsn: '0/200', rewindable: true },
    });
  });

  it('is not left to pg_rewind when both left the common log at the same byte', () => {
    const other = { term: 3, startLsn: '0/200' };
    expect(relate([one, two], '0/250', [one, other])).to.deep.include({ rewindable: false });
  });

  it('is foreign when there is nothing in common', () => {
    expect(relate([two], '0/250', [one])).to.deep.equal({ kind: 'foreign' });
  });

  it('counts what a stopped primary loses: nothing when its last record is before the fork', () => {
    const mine = { lineage: [one], wroteTerm: 1 };
    expect(lossOfStopped(mine, '0/1F0', [one, two])).to.equal(null);
    expect(lossOfStopped(mine, '0/200', [one, two])).to.deep.equal({ rewindable: true, discardedBytes: 0 });
    expect(lossOfStopped(mine, '0/280', [one, two])).to.deep.equal({ rewindable: true, discardedBytes: 128 });
  });
});

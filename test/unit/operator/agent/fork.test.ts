import { expect } from 'chai';
import { countFork, forkedLineage, switchPoint } from '../../../../operator/agent/fork.ts';
import { relate } from '../../../../operator/agent/lineage.ts';

const lineage = [
  { term: 1, startLsn: '0/0' },
  { term: 4, startLsn: '0/400' },
];

describe('a log that somebody promoted by hand', () => {
  it('left the others where the last line of its history file says', () => {
    expect(
      switchPoint('1\t0/400\tno recovery target specified\n\n2\t0/5A0\tno recovery target specified\n'),
    ).to.equal('0/5A0');
    expect(switchPoint('')).to.equal(null);
  });

  it('is counted from the fork to its end', () => {
    const fork = countFork({ timeline: 3, switchLsn: '0/500', endLsn: '0/5F0' }, lineage);
    expect(fork).to.deep.equal({ timeline: 3, forkLsn: '0/500', endLsn: '0/5F0', bytes: 0xf0 });
  });

  for (const [why, ended] of [
    ['its end is unknown', { timeline: 3, switchLsn: '0/500', endLsn: null }],
    ['its beginning is unknown', { timeline: 3, switchLsn: null, endLsn: '0/5F0' }],
    ['its timeline is older than the term it followed', { timeline: 2, switchLsn: '0/300', endLsn: '0/5F0' }],
  ] as const) {
    it(`is not counted when ${why}`, () => {
      expect(countFork(ended, lineage).bytes).to.equal(null);
    });
  }

  it('can be rewound to a primary that went on', () => {
    const relation = relate(forkedLineage(lineage, '0/500'), '0/5F0', lineage);
    expect(relation).to.deep.equal({ kind: 'diverged', forkLsn: '0/500', rewindable: true });
  });

  it('is cloned when a new term began at the very byte, because Postgres gave both the same timeline', () => {
    const theirs = [...lineage, { term: 5, startLsn: '0/500' }];
    const relation = relate(forkedLineage(lineage, '0/500'), '0/5F0', theirs);
    expect(relation).to.deep.equal({ kind: 'diverged', forkLsn: '0/500', rewindable: false });
  });

  it('loses also what it had received, when the set lost that in an election since', () => {
    const theirs = [...lineage, { term: 5, startLsn: '0/480' }];
    const relation = relate(forkedLineage(lineage, '0/500'), '0/5F0', theirs);
    expect(relation).to.deep.equal({ kind: 'diverged', forkLsn: '0/480', rewindable: true });
  });
});

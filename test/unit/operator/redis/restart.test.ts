// Everything restarted at once: who may be master again is decided by the data alone, and only when enough of it is there.
import { expect } from 'chai';
import { decide } from '../../../../operator/redis/decide.ts';
import type { Verdict } from '../../../../operator/redis/model.ts';
import { gated, situation } from './situations.ts';
import type { Situation } from './situations.ts';

const empty = { term: 0, sequence: 0, keys: 0, termMaster: undefined };
const verdictOf = (given: Situation): Verdict => decide(situation(given), { term: 3, switchTo: undefined });
const actionsOf = (given: Situation): readonly string[] =>
  verdictOf(given).intents.map(({ action }) =>
    'member' in action ? `${action.kind} ${action.member}` : action.kind,
  );

describe('what the operator makes of a Redis set that was restarted whole', () => {
  const restarted = (sequences: readonly number[]): Situation['members'] =>
    Object.fromEntries(sequences.map((sequence, index) => [`redis-${index}`, { ...gated, sequence }]));

  it('takes the member with the highest sequence', () => {
    expect(actionsOf({ members: restarted([50, 52, 51]) })).to.deep.equal(['elect redis-1']);
  });

  it('lets the old master go on when nobody has more', () => {
    expect(actionsOf({ members: restarted([50, 50, 50]) })).to.deep.equal(['bless redis-0']);
  });

  it('lets a higher term outrank any sequence', () => {
    const members = { ...restarted([900, 50, 50]), 'redis-2': { ...gated, term: 4 } };
    expect(actionsOf({ members })).to.deep.equal(['elect redis-2']);
  });

  it('elects with two data sets of three, after waiting for the third', () => {
    const members = { ...restarted([50, 51]), 'redis-2': 'mute' } as const;
    expect(actionsOf({ members })).to.deep.equal(['elect redis-1']);
    expect(verdictOf({ members }).intents[0]?.settleMs).to.be.above(1_000);
  });

  it('refuses with one, and says so', () => {
    const members = { ...restarted([50]), 'redis-1': 'mute', 'redis-2': 'mute' } as const;
    expect(verdictOf({ members })).to.include({ phase: 'Unavailable', master: undefined });
    expect(verdictOf({ members }).message).to.contain('1 of 3 data sets visible');
    expect(actionsOf({ members })).to.deep.equal([]);
  });

  it('goes on with what is left when everybody is there and two came back empty', () => {
    const blank = { ...gated, ...empty };
    const members = { ...restarted([50]), 'redis-1': blank, 'redis-2': blank };
    expect(actionsOf({ members })).to.deep.equal(['bless redis-0']);
    expect(verdictOf({ members }).intents[0]?.settleMs).to.be.above(1_000);
  });

  it('does not count a member that came back empty', () => {
    const members = { ...restarted([50]), 'redis-1': { ...gated, ...empty }, 'redis-2': 'mute' } as const;
    expect(actionsOf({ members })).to.deep.equal([]);
  });
});

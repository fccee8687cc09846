import { expect } from 'chai';
import { meets, nextQuorum, stableQuorum } from '../../../../operator/postgres/quorum.ts';
import type { Quorum, QuorumFacts } from '../../../../operator/postgres/quorum.ts';

const three = ['pg-0', 'pg-1', 'pg-2'];
const five = [...three, 'pg-3', 'pg-4'];
const fine: QuorumFacts = { primary: 'pg-0', isReady: () => true, isProven: true, isLate: false };

/** "votes of voters, acks of acknowledgers", by their numbers. */
const told = ({ voters, votes, acknowledgers, acks }: Quorum): string =>
  `${votes} of ${voters.length}, ${acks} of ${acknowledgers.length}`;

function steps(from: Quorum, wanted: readonly string[], facts = fine): Quorum[] {
  const taken: Quorum[] = [];
  for (let step: Quorum | null = from; step && taken.length < 10;) {
    step = nextQuorum(step, wanted, facts);
    if (step) taken.push(step);
  }
  return taken;
}

const at = (index: number, wanted = five, from = stableQuorum(three, 0)): Quorum => {
  const step = steps(from, wanted)[index];
  if (!step) throw new Error(`no step ${index}`);
  return step;
};
const shrinking = () => at(0, three, stableQuorum(five, 7));

describe('a change of who votes and who acknowledges', () => {
  it('is not due while the wanted members are the voters', () => {
    expect(nextQuorum(stableQuorum(three, 0), three, fine)).to.equal(null);
  });

  it('grows by more votes first, then by more acknowledgements, then by fewer votes', () => {
    const all = steps(stableQuorum(three, 0), five);
    expect(all.map(told)).to.deep.equal(['4 of 5, 1 of 3', '4 of 5, 2 of 5', '3 of 5, 2 of 5']);
    expect(all.map(({ version }) => version)).to.deep.equal([1, 2, 3]);
  });

  it('shrinks by more acknowledgements of those who stay, then by both at once', () => {
    const all = steps(stableQuorum(five, 3), three);
    expect(all.map(told)).to.deep.equal(['3 of 5, 2 of 3', '2 of 3, 1 of 3']);
  });

  it('never has a commit of this step or the one before that a vote could miss, unless it was proven to be gone', () => {
    for (const [from, wanted] of [
      [three, five],
      [five, three],
    ] as const) {
      let before = stableQuorum(from, 0);
      for (const step of steps(before, wanted, { ...fine })) {
        const needsProof = nextQuorum(before, wanted, { ...fine, isProven: false }) === null;
        expect(meets(step, step), told(step)).to.equal(true);
        expect(meets(before, before), told(before)).to.equal(true);
        if (!needsProof) expect(meets(before, step), told(step)).to.equal(true);
        before = step;
      }
    }
  });

  it('knows a rule that a vote could miss', () => {
    expect(meets({ acknowledgers: three, acks: 1 }, stableQuorum(five, 0))).to.equal(false);
  });

  it('waits for a proven commit before fewer votes suffice', () => {
    const unproven = { ...fine, isProven: false };
    expect(nextQuorum(at(1), five, unproven)).to.equal(null);
    expect(nextQuorum(shrinking(), three, unproven)).to.equal(null);
  });

  it('begins to grow only with every new member ready, and to shrink only under a primary that stays', () => {
    const isReady = (name: string): boolean => name !== 'pg-4';
    expect(nextQuorum(stableQuorum(three, 0), five, { ...fine, isReady })).to.equal(null);
    expect(nextQuorum(stableQuorum(five, 0), three, { ...fine, primary: 'pg-4' })).to.equal(null);
    // One that leaves need not be ready.
    expect(nextQuorum(stableQuorum(five, 0), three, { ...fine, isReady })).to.not.equal(null);
  });

  it('does not end while the primary is one that leaves: it could acknowledge with one of those who stay', () => {
    expect(nextQuorum(shrinking(), three, { ...fine, primary: 'pg-4' })).to.equal(null);
  });

  it('turns back when a new member is lost before it acknowledged anything, and not at the first moment', () => {
    const isReady = (name: string): boolean => name !== 'pg-4';
    expect(nextQuorum(at(0), five, { ...fine, isReady })).to.equal(null);
    expect(told(nextQuorum(at(0), five, { ...fine, isReady, isLate: true })!)).to.equal('2 of 3, 1 of 3');
  });

  it('lets those who were to leave acknowledge again when one who stays is lost', () => {
    const lost = { ...fine, isReady: (name: string) => name !== 'pg-2', isProven: false };
    expect(nextQuorum(shrinking(), three, lost)).to.equal(null);
    expect(told(nextQuorum(shrinking(), three, { ...lost, isLate: true })!)).to.equal('3 of 5, 2 of 5');
  });

  it('can be turned round at every step', () => {
    for (const index of [0, 1, 2]) {
      expect(told(steps(at(index), three).at(-1)!), `from step ${index}`).to.equal('2 of 3, 1 of 3');
    }
    expect(told(steps(shrinking(), five).at(-1)!)).to.equal('3 of 5, 2 of 5');
  });
});

import { expect } from 'chai';
import fc from 'fast-check';
import { electByThoseWhoLag, play, schedule } from './model-play.ts';
import { agentOf, FIVE } from './model-world.ts';

/** Toggles between three and five members: the step of the schedule that does it. */
const RESIZE = 99;

describe('a changing number of members, model-checked', function () {
  this.timeout(120_000);

  it('grows from three voters to five and back', () => {
    const grown = play('none', [RESIZE], FIVE);
    expect(grown.register.quorum).to.deep.include({ voters: FIVE, votes: 3, acknowledgers: FIVE, acks: 2 });
    const { voters, votes, acks } = play('none', [RESIZE, RESIZE], FIVE).register.quorum;
    expect({ voters: voters.length, votes, acks }).to.deep.equal({ voters: 3, votes: 2, acks: 1 });
  });

  it('loses no acknowledged commit and reaches the wanted number, whatever is lost, late, crashed or changed', () => {
    let steps = 0;
    let failovers = 0;
    const property = fc.property(schedule, (numbers) => {
      const { register, wanted, agents, acknowledged, ...world } = play('none', numbers, FIVE);
      const { ballot, quorum } = register;
      expect(ballot?.stage).to.equal('serving');
      const primary = agentOf({ ...world, register, wanted, agents, acknowledged }, ballot?.primary ?? null);
      expect(primary?.servingTerm).to.equal(ballot?.term);
      expect(quorum.voters).to.deep.equal(wanted);
      expect(quorum.acknowledgers).to.deep.equal(wanted);
      steps += quorum.version;
      failovers += (ballot?.term ?? 1) - 1;
    });
    fc.assert(property, { numRuns: Number(process.env.MODEL_RUNS ?? 300), endOnFailure: true });
    expect(steps).to.be.greaterThan(150);
    expect(failovers).to.be.greaterThan(100);
  });

  it('loses nothing when all who lag elect in the middle of growth, because they may not', () => {
    const world = electByThoseWhoLag('none');
    expect(world.acknowledged).to.not.be.empty;
    expect(world.register.ballot?.stage).to.equal('serving');
  });

  for (const mutant of ['votersAtOnce', 'ruleUnproven', 'ruleByReloadOnly'] as const) {
    it(`catches the broken rule ${mutant}`, () => {
      expect(() => electByThoseWhoLag(mutant)).to.throw('acknowledged and lost');
    });
  }
});

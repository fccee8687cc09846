// Sentinels that an operator held for an election and did not release: they would never elect again.
import { expect } from 'chai';
import { decide } from '../../../../operator/redis/decide.ts';
import { heldMs } from '../../../../operator/redis/model.ts';
import type { Action } from '../../../../operator/redis/model.ts';
import { situation } from './situations.ts';
import type { Situation } from './situations.ts';

const held: Situation = { sentinels: { 'sentinel-1': { downAfterMs: heldMs } } };
const situations: Readonly<Record<string, Situation>> = {
  'while all is well': held,
  'without a master': { ...held, members: { 'redis-0': 'mute' } },
  'while another one fails over': {
    sentinels: { ...held.sentinels, 'sentinel-2': { failingOver: true } },
  },
};

describe('a Sentinel that is held', () => {
  for (const [when, given] of Object.entries(situations)) {
    it(`is released ${when}, once no election can still be going on`, () => {
      const { intents } = decide(situation(given), { term: 3, switchTo: undefined });
      const release = intents.find(({ action }) => action.kind === 'release');
      expect(release?.action).to.include({ sentinel: 'sentinel-1' } satisfies Partial<Action>);
      expect(release?.settleMs).to.be.at.least(5_000);
    });
  }

  it('is not one with the longest silence period that may be configured', () => {
    const { intents } = decide(situation({ sentinels: { 'sentinel-1': { downAfterMs: 60_000 } } }), {
      ...{ term: 3, switchTo: undefined },
    });
    expect(intents).to.deep.equal([]);
  });
});

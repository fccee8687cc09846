import { expect } from 'chai';
import type { Machine } from '../../../../operator/agent/state.ts';
import { currentVote } from '../../../../operator/agent/status.ts';

const sample = {
  ...{
    inRecovery: true,
    lsn: '0/3000',
    replayLsn: '0/3000',
    walReceiverPid: null,
    walReceiverStreaming: false,
  },
  ...{ cutOff: true, atEndOfWal: true, standbys: [] },
};
const record = {
  ...{ term: 3, role: 'frozen', data: 'whole', wroteTerm: null },
  lineage: [{ term: 2, startLsn: '0/1000' }],
};
const cutOff = {
  ...{ record, sample, upstream: null, looksCutOff: 2, vote: null },
  process: { alive: () => true },
};

function voteOf(changes: object): unknown {
  return currentVote({ ...cutOff, ...changes } as unknown as Machine);
}

describe('the vote of a frozen standby', () => {
  it('tells where its log ends and who wrote that', () => {
    expect(voteOf({})).to.deep.equal({ term: 3, logTerm: 2, lsn: '0/3000', complete: false });
  });

  const withheld: readonly (readonly [string, object])[] = [
    [
      'while its configuration names somebody to receive from',
      { upstream: { member: 'pg-1', address: null } },
    ],
    ['while the running server has not said twice that it has nobody to receive from', { looksCutOff: 1 }],
    ['while it still receives', { sample: { ...sample, walReceiverPid: 7 } }],
    ['while it replays', { sample: { ...sample, atEndOfWal: false } }],
    ['while it does not answer', { sample: null }],
    ['of a server that is not running', { process: { alive: () => false } }],
  ];
  for (const [why, changes] of withheld) {
    it(`is not given ${why}`, () => expect(voteOf(changes)).to.equal(null));
  }

  it('stays what it was', () => {
    const vote = { term: 3, logTerm: 2, lsn: '0/2000', complete: false };
    expect(voteOf({ vote, looksCutOff: 0 })).to.equal(vote);
  });
});

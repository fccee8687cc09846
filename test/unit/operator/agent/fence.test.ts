import { expect } from 'chai';
import { mustFence } from '../../../../operator/agent/fence.ts';

describe('self-fencing', () => {
  it('stops a primary that has lost both the standbys and the API server for 3.5 s', () => {
    expect(mustFence({ commitAgeMs: 3500, apiAgeMs: 3500 })).to.equal(true);
  });

  it('goes on while a standby acknowledges, however long the API server is away', () => {
    expect(mustFence({ commitAgeMs: 500, apiAgeMs: 120_000 })).to.equal(false);
  });

  it('waits for its standbys while the API server answers: nobody could have been elected unseen', () => {
    expect(mustFence({ commitAgeMs: 600_000, apiAgeMs: 400 })).to.equal(false);
  });
});

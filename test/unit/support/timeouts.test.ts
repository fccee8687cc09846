import { expect } from 'chai';
import { readTimeouts, variableOf } from '../../support/timeouts.ts';

describe('the table of timeouts', () => {
  it('is overridden entry by entry from the environment', () => {
    expect(variableOf('podReadyMs')).to.equal('TIMEOUT_POD_READY_MS');
    expect(readTimeouts({ TIMEOUT_POD_READY_MS: '7' }).podReadyMs).to.equal(7);
  });

  it('is stretched as a whole on a slow machine, but not what was given by name', () => {
    const normal = readTimeouts({});
    const slow = readTimeouts({ TIMEOUT_FACTOR: '3', TIMEOUT_SOON_MS: '11' });
    expect(slow.podReadyMs).to.equal(normal.podReadyMs * 3);
    expect(slow.soonMs).to.equal(11);
  });

  it('refuses what is not a positive number', () => {
    expect(() => readTimeouts({ TIMEOUT_SOON_MS: 'a while' })).to.throw('TIMEOUT_SOON_MS: a while is not');
    expect(() => readTimeouts({ TIMEOUT_FACTOR: '0' })).to.throw('TIMEOUT_FACTOR');
  });
});

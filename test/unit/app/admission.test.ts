// Who is refused when there is more to do than can be done in time.
import { expect } from 'chai';
import { isRefused } from '../../../app/http/admission.ts';

const limits = { maxInFlight: 100, maxDelayMs: 400 };

describe('admission', () => {
  it('takes everybody on while there is room', () => {
    expect(isRefused({ inFlight: 74, delayMs: 299 }, limits, true)).to.equal(false);
    expect(isRefused({ inFlight: 99, delayMs: 399 }, limits, false)).to.equal(false);
  });

  it('refuses visitors without a session before those who have begun to shop', () => {
    expect(isRefused({ inFlight: 75, delayMs: 0 }, limits, true)).to.equal(true);
    expect(isRefused({ inFlight: 75, delayMs: 0 }, limits, false)).to.equal(false);
    expect(isRefused({ inFlight: 0, delayMs: 300 }, limits, true)).to.equal(true);
    expect(isRefused({ inFlight: 0, delayMs: 300 }, limits, false)).to.equal(false);
  });

  it('refuses everybody at the limits', () => {
    expect(isRefused({ inFlight: 100, delayMs: 0 }, limits, false)).to.equal(true);
    expect(isRefused({ inFlight: 0, delayMs: 400 }, limits, false)).to.equal(true);
  });
});

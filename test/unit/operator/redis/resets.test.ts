// How often a Sentinel is made to forget.
import { expect } from 'chai';
import type { Action } from '../../../../operator/redis/model.ts';
import { createResets } from '../../../../operator/redis/resets.ts';

const reset = (sentinel: string, forgets: readonly string[]): Action => ({
  ...{ kind: 'reset', sentinel, forgets, why: 'a test' },
});

describe('a reset of a Sentinel', () => {
  it('that forgets a stranger is too soon for half a minute after the same one', () => {
    const resets = createResets();
    const stranger = reset('sentinel-0', ['10.0.0.9']);
    expect(resets.isTooSoon(stranger, 0)).to.equal(false);
    resets.note(stranger, 0);
    expect(resets.isTooSoon(stranger, 29_999)).to.equal(true);
    expect(resets.isTooSoon(stranger, 30_000)).to.equal(false);
  });

  it('is not held back by another Sentinel’s', () => {
    const resets = createResets();
    resets.note(reset('sentinel-0', ['10.0.0.9']), 0);
    expect(resets.isTooSoon(reset('sentinel-1', ['10.0.0.9']), 1)).to.equal(false);
  });

  it('that calls a late failover off is due each time', () => {
    const resets = createResets();
    const late = reset('sentinel-0', []);
    resets.note(late, 0);
    expect(resets.isTooSoon(late, 5_000)).to.equal(false);
  });
});

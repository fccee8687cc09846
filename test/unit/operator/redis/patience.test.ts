import { expect } from 'chai';
import { patienceMs } from '../../../../operator/redis/patience.ts';

const setOf = (count: number) => ({
  ...{ members: [], masterName: 'main', downAfterMs: 3000, failoverTimeoutMs: 10_000 },
  sentinelPassword: () => '',
  sentinels: Array.from({ length: count }, (_, place) => ({ name: `sentinel-${place}`, address: '' })),
});
const ofAll = (count: number): number[] => {
  const set = setOf(count);
  return set.sentinels.map(({ name }) => patienceMs(set, name));
};

describe('a Sentinel’s patience', () => {
  it('is nobody else’s, and as configured in the middle', () => {
    expect(ofAll(3)).to.deep.equal([2550, 3000, 3450]);
    expect(ofAll(5)).to.deep.equal([2100, 2550, 3000, 3450, 3900]);
  });

  it('is as configured for one that is not listed', () => {
    expect(patienceMs(setOf(3), 'sentinel-9')).to.equal(3000);
  });
});

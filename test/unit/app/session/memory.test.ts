// What lies in a pod's memory ends in time, and cannot fill it.
import { expect } from 'chai';
import { createExpiringMap } from '../../../../app/platform/expiring-map.ts';

describe('a map whose entries end', () => {
  it('forgets an entry when its time is over', () => {
    let nowMs = 0;
    const map = createExpiringMap<string>(10, () => nowMs);
    map.set('a', 'x', 100);
    nowMs = 99;
    expect(map.get('a')).to.equal('x');
    nowMs = 100;
    expect(map.get('a')).to.equal(undefined);
    expect(map.entries()).to.deep.equal([]);
  });

  it('makes room by the entry that was written longest ago', () => {
    const map = createExpiringMap<number>(2);
    map.set('a', 1, 1_000);
    map.set('b', 2, 1_000);
    map.set('a', 3, 1_000);
    map.set('c', 4, 1_000);
    expect(map.entries()).to.deep.equal([
      ['a', 3],
      ['c', 4],
    ]);
  });
});

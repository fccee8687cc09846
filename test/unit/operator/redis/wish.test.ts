// A wish for a planned switch: until it was carried out, three times at most, and once per id.
import { expect } from 'chai';
import type { PassResult } from '../../../../operator/redis/pass.ts';
import { createWish } from '../../../../operator/redis/wish.ts';
import { decide } from '../../../../operator/redis/decide.ts';
import { situation } from './situations.ts';

const toSecond = { to: 'redis-1', id: 'first wish' };

/** A pass over a healthy set of master redis-0 that tried this switch, or none. */
function pass(to?: string, error?: Error): Pick<PassResult, 'done' | 'verdict'> {
  const verdict = decide(situation({}), { term: 3, switchTo: undefined });
  if (to === undefined) return { verdict, done: [] };
  const action = { kind: 'switch', from: 'redis-0', to, why: 'was asked for' } as const;
  return { verdict, done: [{ action, error, durationMs: 1, steps: undefined }] };
}

describe('a wish for a planned switch', () => {
  it('is met by the switch, and then wants nothing more', () => {
    const wish = createWish();
    expect(wish.target(toSecond, undefined)).to.equal('redis-1');
    const handled = wish.handled(toSecond, undefined, pass('redis-1'));
    expect(handled).to.equal('first wish');
    expect(wish.target(toSecond, handled)).to.equal(undefined);
  });

  it('is tried three times, and given up', () => {
    const wish = createWish();
    const failed = pass('redis-1', new Error('not every Sentinel would choose it'));
    const handled = [1, 2, 3].map(() => wish.handled(toSecond, 'an older one', failed));
    expect(handled).to.deep.equal(['an older one', 'an older one', 'first wish']);
  });

  it('does not count passes in which the set was not ready, nor another switch', () => {
    const wish = createWish();
    for (let look = 0; look < 10; look += 1) {
      expect(wish.handled(toSecond, undefined, pass())).to.equal(undefined);
    }
    const relief = pass('redis-2', new Error('no'));
    for (let look = 0; look < 10; look += 1) {
      expect(wish.handled(toSecond, undefined, relief)).to.equal(undefined);
    }
  });

  it('counts the tries of a new wish anew', () => {
    const wish = createWish();
    const failed = pass('redis-1', new Error('no'));
    for (let time = 0; time < 3; time += 1) wish.handled(toSecond, undefined, failed);
    expect(wish.handled({ ...toSecond, id: 'second wish' }, 'first wish', failed)).to.equal('first wish');
  });

  it('is met where its target is master already', () => {
    expect(createWish().handled({ to: 'redis-0', id: 'x' }, undefined, pass())).to.equal('x');
  });
});

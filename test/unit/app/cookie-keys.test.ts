// The keys of signed cookies: what keygrip, which Koa would use, signs and accepts, ours sign and accept.
import { expect } from 'chai';
import Keygrip from 'keygrip';
import { createCookieKeys } from '../../../app/http/cookie-keys.ts';

const [newest, older] = ['a-key-for-tests-of-32-characters', 'an-older-key-for-tests-of-32-chars'];

describe('the keys of cookies', () => {
  const told: string[] = [];
  const keys = createCookieKeys([newest, older], (name) => told.push(name));

  it('sign as keygrip does, so that no cookie that is out becomes worthless', () => {
    for (let at = 0; at < 50; at += 1) {
      const data = `sid=${'ü~/+='.repeat(at)}`;
      expect(keys.sign(data)).to.equal(new Keygrip([newest]).sign(data));
    }
  });

  it('accept the newest and the older key alike, so that Koa signs nothing anew without its lifetime', () => {
    for (const key of [newest, older]) {
      expect(keys.index('sid=1', new Keygrip([key]).sign('sid=1'))).to.equal(0);
    }
    expect(told).to.deep.equal([]);
  });

  it('go on telling a right signature from a wrong one once they know the right one', () => {
    const [right, other] = [keys.sign('sid=7'), keys.sign('sid=8')];
    expect([right, other, right].map((digest) => keys.index('sid=7', digest))).to.deep.equal([0, -1, 0]);
    told.length = 0;
  });

  it('refuse any other signature, and tell the cookie’s name', () => {
    const right = keys.sign('sid=1');
    for (const wrong of ['', 'x', `${right}x`, right.slice(1), new Keygrip(['another']).sign('sid=1')]) {
      expect(keys.index('sid=1', wrong), wrong).to.equal(-1);
    }
    expect(keys.verify('sid=2', right)).to.equal(false);
    expect(new Set(told)).to.deep.equal(new Set(['sid']));
  });
});

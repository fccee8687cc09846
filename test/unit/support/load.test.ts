import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLoad } from '../../support/load.ts';

describe('the load', () => {
  it('counts every answer by its name and every failure with its reason', async () => {
    const load = startLoad({
      perSecond: 500,
      request: (n) =>
        n % 10 === 3 ? Promise.reject(new Error('no')) : Promise.resolve(n % 2 === 0 ? 'even' : 'odd'),
    });
    await sleep(200);
    const result = await load.stop();
    expect(result.sent).to.be.greaterThan(20);
    expect(result.answered + result.failures.length).to.equal(result.sent);
    expect(new Set(result.failures.map(({ reason }) => reason))).to.deep.equal(new Set(['no']));
    expect([...result.by.keys()]).to.have.members(['even', 'odd']);
  });

  it('goes on sending while answers are slow, and never has more under way than its limit', async () => {
    let underWay = 0;
    let most = 0;
    const load = startLoad({
      perSecond: 500,
      maxUnderWay: 5,
      request: async () => {
        most = Math.max(most, (underWay += 1));
        await sleep(50);
        underWay -= 1;
        return 'slow';
      },
    });
    await sleep(200);
    const result = await load.stop();
    expect(most).to.equal(5);
    expect(result.failures.length).to.be.greaterThan(0);
    expect(result.failures[0]?.reason).to.match(/not sent: 5 requests under way/);
  });

  it('ends by itself at its limit', async () => {
    const load = startLoad({ perSecond: 1000, limitMs: 50, request: () => Promise.resolve('x') });
    await sleep(200);
    const { sent } = await load.stop();
    expect(sent).to.be.at.most(60);
  });
});

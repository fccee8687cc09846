// What shoppers notice of the Redis master's end: a moment's wait, and every acknowledged change still there.
import { expect } from 'chai';
import type { Ledger } from '../load/ledger.ts';
import { startShopLedger } from '../load/shop-ledger.ts';
import { eventually } from '../support/eventually.ts';
import { deletePod } from '../support/faults.ts';
import {
  healthyRedis,
  masterAfter,
  masterWithout,
  requestSwitchover,
  uidOf,
} from '../support/redis-cluster.ts';
import { untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const shoppers = 4;

describe('shoppers while the Redis master changes', function () {
  this.timeout(timeouts.steadyStateMs * 2);
  let master: string;
  let ledger: Ledger;

  beforeEach(async () => {
    await untilReady('redis', 3);
    await untilReady('sentinel', 3);
    master = await healthyRedis();
    ledger = await startShopLedger(shoppers);
    await acknowledged(50);
    ledger.mark();
  });

  // Also after a failure: shoppers that nobody stops would shop on through the suites that follow.
  afterEach(() => ledger.stop());

  const acknowledged = (count: number): Promise<void> => {
    const from = ledger.acknowledged();
    return eventually(() => expect(ledger.acknowledged()).to.be.at.least(from + count), {
      withinMs: timeouts.steadyStateMs,
    }).then(() => undefined);
  };

  /** Ends the ledger, prints the outage, and checks that nothing was lost or doubled. */
  const settle = async (scenario: string, outageMs: number): Promise<void> => {
    const report = await ledger.stop();
    process.stdout.write(
      `      ${scenario}: outage ${report.outageMs} ms, ${report.acknowledged} acknowledged, ` +
        `${report.lost} lost, ${report.doubled} applied twice\n`,
    );
    expect(report).to.include({ lost: 0, doubled: 0, behind: 0 });
    expect(report.views, 'views of a cart meanwhile').to.be.greaterThan(0);
    expect(report.outageMs, 'outage in milliseconds').to.be.at.most(outageMs);
  };

  it('lose nothing when its pod is deleted without grace', async () => {
    const uid = await uidOf(master);
    await deletePod(master, { graceSeconds: 0 });
    await masterWithout(master, uid);
    await acknowledged(50);
    await settle('deleted without grace', timeouts.outageMs);
  });

  it('lose nothing when its pod is deleted with grace', async () => {
    await deletePod(master);
    await masterAfter(master);
    await acknowledged(50);
    await settle('deleted with grace', timeouts.outageMs);
  });

  it('lose nothing when an admin moves the master role', async () => {
    const target = master === 'redis-0' ? 'redis-1' : 'redis-0';
    await requestSwitchover(target);
    expect(await masterAfter(master)).to.equal(target);
    await acknowledged(50);
    await settle('planned switch', timeouts.outageMs);
  });
});

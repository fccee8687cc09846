// A Redis set with its operator under load: what was acknowledged is still there after every fault.
import { expect } from 'chai';
import { startLedger } from '../../load/ledger.ts';
import type { Ledger, LedgerOptions } from '../../load/ledger.ts';
import { redisCarts } from '../../load/redis-ledger.ts';
import type { RedisLedgerOptions } from '../../load/redis-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { masterName } from '../../support/redis-set.ts';
import { follows, startRedisTier } from '../../support/redis-shop.ts';
import type { RedisTier } from '../../support/redis-shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const shoppers = 6;

describe('a Redis set under load', () => {
  let tier: RedisTier;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    tier = await startRedisTier();
  });

  after(() => tier.close());

  const shop = (options?: RedisLedgerOptions, pace?: LedgerOptions): Ledger =>
    startLedger(redisCarts(tier.redis, shoppers, options), pace);

  /** Waits until shoppers had `count` more changes acknowledged. */
  const acknowledges = async (ledger: Ledger, count: number): Promise<void> => {
    const from = ledger.acknowledged();
    await eventually(() => expect(ledger.acknowledged()).to.be.above(from + count), {
      withinMs: timeouts.localServerReadyMs,
    });
  };

  it('loses nothing when the master is killed', async () => {
    const master = await tier.master();
    const ledger = shop();
    await acknowledges(ledger, 100);
    ledger.mark();
    await tier.set.kill(master);
    await acknowledges(ledger, 100);
    await tier.set.start(master);
    expect(await tier.master()).to.not.equal(master);
    const report = await ledger.stop();
    expect(report).to.include({ lost: 0, doubled: 0 });
    expect(report.outageMs).to.be.below(timeouts.outageMs);
  }).timeout(timeouts.steadyStateMs);

  it('switches on request without losing a change', async () => {
    const master = await tier.master();
    const ledger = shop();
    await acknowledges(ledger, 100);
    ledger.mark();
    const target = tier.set.members.find((name) => name !== master) ?? '';
    tier.operator.switchTo(target);
    await eventually(async () => expect(await tier.master()).to.equal(target), {
      withinMs: timeouts.steadyStateMs,
    });
    await acknowledges(ledger, 100);
    const report = await ledger.stop();
    expect(report).to.include({ lost: 0, doubled: 0 });
    expect(report.outageMs).to.be.below(timeouts.outageMs);
  }).timeout(timeouts.steadyStateMs);

  it('hands the master role over before its pod stops', async () => {
    const master = await tier.master();
    const ledger = shop();
    await acknowledges(ledger, 100);
    ledger.mark();
    expect(await tier.set.run(master, 'redis-node-pre-stop')).to.equal(0);
    await tier.set.stop(master);
    await acknowledges(ledger, 100);
    await tier.set.start(master);
    expect(await tier.master()).to.not.equal(master);
    const report = await ledger.stop();
    expect(report).to.include({ lost: 0, doubled: 0 });
    expect(report.outageMs).to.be.below(timeouts.outageMs);
  }).timeout(timeouts.steadyStateMs);

  it('fails over without the operator, which then finds everything right', async () => {
    const master = await tier.master();
    const ledger = shop();
    await acknowledges(ledger, 100);
    await tier.operator.pause();
    await tier.set.kill(master);
    await acknowledges(ledger, 200);
    await tier.set.start(master);
    const did = tier.operator.done.length;
    tier.operator.resume();
    const successor = await tier.master();
    expect(successor).to.not.equal(master);
    const kinds = tier.operator.done.slice(did).map(({ action }) => action.kind);
    expect(kinds).to.not.include.members(['elect']).and.not.include.members(['bless']);
    expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
  }).timeout(timeouts.steadyStateMs);

  it('keeps its data when the master comes back empty at the same address', async () => {
    const master = await tier.master();
    const ledger = shop();
    await acknowledges(ledger, 100);
    await tier.set.kill(master);
    await tier.set.wipe(master);
    await tier.set.start(master);
    await acknowledges(ledger, 100);
    const successor = await tier.master();
    expect(successor).to.not.equal(master);
    await follows(tier.set, master, successor);
    expect(await ledger.stop()).to.include({ lost: 0, doubled: 0 });
  }).timeout(timeouts.steadyStateMs);

  it('sees the loss that a plain failover of a living master causes: the control case', async () => {
    let lost = 0;
    for (let round = 0; round < 5 && lost === 0; round += 1) {
      const master = await tier.master();
      await tier.operator.pause();
      const ledger = shop({ wait: false }, { paceMs: 1 });
      await acknowledges(ledger, 300);
      await eventually(() => tier.set.connect('sentinel-0').call('sentinel', 'failover', masterName), {
        withinMs: timeouts.steadyStateMs,
      });
      await eventually(
        async () => {
          const address = await tier.set.masterAddress();
          expect(tier.set.nameOf(address ?? '')).to.not.equal(master);
        },
        { withinMs: timeouts.steadyStateMs, everyMs: 20 },
      );
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      tier.operator.resume();
      await tier.master();
      lost += (await ledger.stop()).lost;
    }
    expect(lost).to.be.above(0);
  }).timeout(timeouts.steadyStateMs);
});

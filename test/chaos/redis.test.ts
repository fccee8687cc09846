// Every fault that Redis must survive, with changes under way that only Redis keeps: none that was acknowledged may be
// missing or there twice, and the pause must stay within its budget. Before that, the cases that must lose: they show
// that the ledger would see it.
import { expect } from 'chai';
import { runOnce, runsOf, tryOut } from '../support/chaos.ts';
import { tableOf } from '../support/chaos-results.ts';
import { mendCluster } from '../support/faults.ts';
import { startRedisChaos } from '../support/redis-chaos.ts';
import type { RedisChaos } from '../support/redis-chaos.ts';
import { timeouts } from '../support/timeouts.ts';
import { bystanders } from './redis/bystanders.ts';
import { plainFailover, withoutWait, withWait } from './redis/controls.ts';
import { injected } from './redis/injected.ts';
import { members } from './redis/members.ts';
import { nodes } from './redis/nodes.ts';
import { passwordsReplaced } from './redis/passwords.ts';
import { planned } from './redis/planned.ts';
import { restarts } from './redis/restarts.ts';
import { startShopChaosLedger, twoDie } from './redis/shop.ts';

describe('every acknowledged change is in Redis exactly once, and changes pause no longer than allowed, after', function () {
  let started: RedisChaos | undefined;

  before(async function () {
    this.timeout(timeouts.steadyStateMs * 2);
    await mendCluster();
    started = await startRedisChaos();
  });

  after(async function () {
    this.timeout(timeouts.podReadyMs);
    await started?.close();
    process.stdout.write(`\n${tableOf('redis')}\n`);
  });

  const subject = (): RedisChaos => {
    if (started === undefined) throw new Error('the ledger was not started');
    return started;
  };

  describe('as the control cases show, which must lose', () => {
    it(plainFailover.name, async () => {
      const { lost } = await runOnce(subject(), plainFailover);
      process.stdout.write(`      ${lost} lost, as it must be\n`);
      expect(lost).to.be.above(0);
    }).timeout(timeouts.chaosRunMs);

    it(withoutWait.name, async () => {
      const unsafe = { ...subject(), startLedger: () => subject().startUnsafeLedger() };
      const { lost } = await runOnce(unsafe, withoutWait);
      process.stdout.write(`      ${lost} lost, as it must be\n`);
      expect(lost).to.be.above(0);
    }).timeout(timeouts.chaosRunMs);
  });

  it(twoDie.name, async () => {
    await tryOut({ ...subject(), startLedger: startShopChaosLedger }, twoDie);
  }).timeout(timeouts.chaosRunMs * runsOf(twoDie));

  for (const scenario of [
    withWait,
    ...members,
    ...planned,
    ...injected,
    ...bystanders,
    passwordsReplaced,
    ...restarts,
    ...nodes,
  ]) {
    it(scenario.name, async function () {
      this.timeout(timeouts.chaosRunMs * runsOf(scenario));
      await tryOut(subject(), scenario);
    });
  }
});

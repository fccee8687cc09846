// Every fault that Redis must survive, with changes under way that only Redis keeps: none that was acknowledged may be
// missing or there twice, and the pause must stay within its budget. Before that, the cases that must lose: they show
// that the ledger would see it.
import { runsOf, tryOut } from '../support/chaos.ts';
import { tableOf } from '../support/chaos-results.ts';
import { mendCluster } from '../support/faults.ts';
import { startRedisChaos } from '../support/redis-chaos.ts';
import type { RedisChaos } from '../support/redis-chaos.ts';
import { timeouts } from '../support/timeouts.ts';
import { bystanders } from './redis/bystanders.ts';
import { injected } from './redis/injected.ts';
import { members } from './redis/members.ts';
import { nodes } from './redis/nodes.ts';
import { planned } from './redis/planned.ts';
import { restarts } from './redis/restarts.ts';

describe('every acknowledged change is in Redis exactly once, and changes pause no longer than allowed, after', function () {
  let subject: RedisChaos;

  before(async function () {
    this.timeout(timeouts.steadyStateMs * 2);
    await mendCluster();
    subject = await startRedisChaos();
  });

  after(async function () {
    this.timeout(timeouts.podReadyMs);
    await subject.close();
    process.stdout.write(`\n${tableOf(subject.suite)}\n`);
  });

  for (const scenario of [...members, ...planned, ...injected, ...bystanders, ...restarts, ...nodes]) {
    it(scenario.name, async function () {
      this.timeout(timeouts.chaosRunMs * runsOf(scenario));
      await tryOut(subject, scenario);
    });
  }
});

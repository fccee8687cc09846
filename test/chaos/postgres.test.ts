// Every fault that Postgres must survive, with writes under way: none that was acknowledged may be missing or there
// twice, and the pause must stay within its budget.
import { tryOut, runsOf } from '../support/chaos.ts';
import { tableOf } from '../support/chaos-results.ts';
import { mendCluster } from '../support/faults.ts';
import { startPostgresChaos } from '../support/postgres-chaos.ts';
import type { PostgresChaos } from '../support/postgres-chaos.ts';
import { timeouts } from '../support/timeouts.ts';
import { bystanders } from './postgres/bystanders.ts';
import { members } from './postgres/members.ts';
import { nodes } from './postgres/nodes.ts';
import { passwordsReplaced } from './postgres/passwords.ts';
import { planned } from './postgres/planned.ts';
import { rejoins } from './postgres/rejoins.ts';
import { scaling } from './postgres/scaling.ts';

describe('every acknowledged row is in Postgres exactly once, and writes pause no longer than allowed, after', function () {
  let subject: PostgresChaos | undefined;

  before(async function () {
    this.timeout(timeouts.steadyStateMs * 2);
    await mendCluster();
    subject = await startPostgresChaos();
  });

  after(async function () {
    this.timeout(timeouts.podReadyMs);
    await subject?.close();
    process.stdout.write(`\n${tableOf('postgres')}\n`);
  });

  for (const scenario of [
    ...members,
    ...planned,
    ...nodes,
    ...bystanders,
    passwordsReplaced,
    ...rejoins,
    ...scaling,
  ]) {
    it(scenario.name, async function () {
      this.timeout(timeouts.chaosRunMs * runsOf(scenario));
      await tryOut(subject!, scenario);
    });
  }
});

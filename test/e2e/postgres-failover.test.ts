// The two quickest of the Postgres scenarios, once each. How long writes paused is printed; it is compared with its
// budget in `make chaos`, where nothing else runs.
import { switchover } from '../chaos/postgres/planned.ts';
import { killed } from '../chaos/postgres/members.ts';
import { tryOut } from '../support/chaos.ts';
import { startPostgresChaos } from '../support/postgres-chaos.ts';
import type { PostgresChaos } from '../support/postgres-chaos.ts';
import { timeouts } from '../support/timeouts.ts';

describe('every acknowledged row is in Postgres exactly once after', function () {
  this.timeout(timeouts.steadyStateMs * 2);
  let subject: PostgresChaos;

  before(async () => {
    subject = await startPostgresChaos('postgres-quick');
  });
  after(() => subject.close());

  for (const scenario of [killed, switchover]) {
    it(scenario.name, () => tryOut(subject, { ...scenario, budgetMs: timeouts.outageMs }, 1));
  }
});

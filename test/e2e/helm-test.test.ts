// The chart's own test, as whoever installs it runs it: a pod that may do nothing but ask the shop for its first page.
import { expect } from 'chai';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { helm, targetOf } from '../../k8s/deploy/target.ts';
import { productName } from '../../k8s/lib/names.ts';
import { kubectl } from '../support/kubectl.ts';
import { untilSteady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

describe('helm test', function () {
  this.timeout(timeouts.steadyStateMs * 2);

  // Helm leaves it for its log to be read.
  after(() => kubectl(['delete', 'pod', 'app-smoke', '--ignore-not-found', '--now']));

  it('finds that the shop answers through its Service', async () => {
    await untilSteady();
    const target = targetOf(readSettings(process.env));
    const said = await helm(target, ['test', productName, '--logs'], { deadlineMs: timeouts.podReadyMs });
    expect(said).to.match(/Phase:\s+Succeeded/);
    expect(said).to.include('the shop answers 200');
  });
});

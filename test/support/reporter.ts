// Mocha's spec reporter that also leaves its counts where test/run.ts sums them up.
import Mocha from 'mocha';
import { appendTotals, totalsVariable } from './totals.ts';

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[totalsVariable];
    if (file === undefined) return;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      appendTotals(file, { passed: passes, failed: failures, skipped: pending });
    });
  }
}

// Mocha loads a reporter by its default export.
// eslint-disable-next-line no-restricted-syntax
export default CountingReporter;

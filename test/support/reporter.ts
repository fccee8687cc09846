// Mocha's spec reporter that also leaves its counts where test/run.ts sums them up.
import Mocha from 'mocha';
import { appendTotals, totalsVariable } from './totals.ts';

class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const file = process.env[totalsVariable];
    if (file === undefined) return;
    const failures: string[] = [];
    runner.on('fail', (test: Mocha.Runnable, error: Error) => {
      failures.push(`${test.fullTitle()}: ${error.message.split('\n', 1)[0] ?? ''}`);
    });
    runner.once('end', () => {
      const { passes, failures: failed, pending } = this.stats;
      appendTotals(file, { passed: passes, failed, skipped: pending, failures });
    });
  }
}

// Mocha loads a reporter by its default export.
// eslint-disable-next-line no-restricted-syntax
export default CountingReporter;

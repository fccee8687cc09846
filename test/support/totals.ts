// The sum over all suites of a run. Every mocha run appends one line to a file; the runner reads it at the end, so
// that a suite that failed, or never came to its end, does not hide the others.
import { appendFileSync, readFileSync } from 'node:fs';

export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for each failed test, so that the end of a long log still says what failed. */
  readonly failures: readonly string[];
}

export const noTotals: Totals = { passed: 0, failed: 0, skipped: 0, failures: [] };

/** Names the file the reporter appends to; without it the reporter only prints. */
export const totalsVariable = 'TEST_TOTALS_FILE';

/** Appends one suite's counts. Synchronous: mocha may end the process right after its last test. */
export function appendTotals(file: string, totals: Totals): void {
  appendFileSync(file, `${JSON.stringify(totals)}\n`);
}

/** The counts of every suite that ended, in order; none when no suite wrote any. */
export function readTotals(file: string): Totals[] {
  try {
    const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as Totals);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function sumTotals(all: readonly Totals[]): Totals {
  return all.reduce(
    (sum, next) => ({
      passed: sum.passed + next.passed,
      failed: sum.failed + next.failed,
      skipped: sum.skipped + next.skipped,
      failures: [...sum.failures, ...next.failures],
    }),
    noTotals,
  );
}

/** The line every run ends with. */
export function closingLine({ passed, failed, skipped }: Totals): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

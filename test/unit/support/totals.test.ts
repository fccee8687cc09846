import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appendTotals, closingLine, noTotals, readTotals, sumTotals } from '../../support/totals.ts';

describe('the closing line of a test run', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'test-totals-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('sums what every suite left behind', () => {
    const file = join(folder, 'totals');
    appendTotals(file, { ...noTotals, passed: 3, skipped: 1 });
    appendTotals(file, { ...noTotals, passed: 2, failed: 1, failures: ['a cart is kept: lost'] });
    const sum = sumTotals(readTotals(file));
    expect(closingLine(sum)).to.equal('5 passed, 1 failed, 1 skipped');
    expect(sum.failures).to.deep.equal(['a cart is kept: lost']);
  });

  it('is all zeros when no suite ended', () => {
    expect(closingLine(sumTotals(readTotals(join(folder, 'absent'))))).to.equal(
      '0 passed, 0 failed, 0 skipped',
    );
  });
});

import { expect } from 'chai';
import { median, renderTable, summarize } from '../../support/chaos-results.ts';
import type { Result } from '../../support/chaos-results.ts';

describe('the results of a chaos scenario', () => {
  const result = (outageMs: number, more: Partial<Result> = {}): Result => ({
    ...{
      acked: 1000,
      lost: 0,
      duplicated: 0,
      backwards: 0,
      outageAtMs: 0,
      changes: 1,
      failed: [],
      extra: {},
    },
    outageMs,
    ...more,
  });

  it('have the median and the longest outage, and the sums of all runs', () => {
    const row = summarize('killed', 1000, [result(300), result(900), result(500, { lost: 2 })]);
    expect(row).to.deep.include({ runs: 3, outageMs: { median: 500, max: 900 }, acked: 3000, lost: 2 });
  });

  it('never make an even number of runs look better than it was', () => {
    expect(median([100, 900])).to.equal(900);
  });

  it('keep the medians of further measurements', () => {
    const row = summarize(
      'lost',
      Infinity,
      [10, 30, 20].map((rejoin) => result(1, { extra: { rejoin } })),
    );
    expect(row.extraMs).to.deep.equal({ rejoin: 20 });
    expect(row.budgetMs).to.equal(null);
  });

  it('are a line each, and a line of totals', () => {
    const table = renderTable([
      summarize('killed', 1000, [result(512)]),
      summarize('node stopped', 5000, [result(3100, { failed: ['GET: 503'] })]),
    ]);
    const [head, first, second, totals] = table.split('\n');
    expect(head).to.match(/^fault +runs +median +max +allowed/);
    expect(first).to.match(/^killed +1 +0\.51 s +0\.51 s +1\.00 s +1000 +0 +0 +1$/);
    expect(second).to.match(/1 requests failed$/);
    expect(totals).to.equal(
      '2 changes of primary or master, 2000 acknowledged writes, 0 lost, 0 there twice',
    );
  });
});

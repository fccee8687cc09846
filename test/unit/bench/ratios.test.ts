import { expect } from 'chai';
import { missed, rowOf } from '../../load/bench/ratios.ts';
import type { Round } from '../../load/bench/ratios.ts';

const sample = (rps: number) => ({ rps, p50Ms: 1000 / rps, p99Ms: 3000 / rps });
const round = (shop: number, baseline: number, bare: number): Round => ({
  shop: sample(shop),
  baseline: sample(baseline),
  bare: sample(bare),
});

describe('the bench’s table', () => {
  it('compares servers within a round, so that a slow minute of the machine counts for both', () => {
    const rounds = [round(800, 400, 1_000), round(80, 40, 100), round(800, 400, 1_000)];
    expect(rowOf('product', rounds)).to.deep.include({ rps: 800, toBareKoa: 0.8, toBaseline: 2 });
  });

  it('takes medians, which one odd round does not move', () => {
    const rounds = [round(500, 250, 1_000), round(1, 250, 1_000), round(500, 250, 1_000)];
    expect(rowOf('product', rounds)).to.deep.include({ rps: 500, p50Ms: 2, toBaseline: 2 });
  });

  it('names each target that was missed, and none that was met or not set', () => {
    const row = rowOf('product', [round(500, 400, 1_000)]);
    expect(missed(row, { toBareKoa: 0.6, toBaseline: 1.2 })).to.deep.equal([
      'product: toBareKoa is 0.5, target 0.6',
    ]);
    expect(missed(row, {})).to.deep.equal([]);
  });
});

// What happens with every request is counted outside of prom-client, which is told when it is read.
import { expect } from 'chai';
import { Histogram, Registry } from 'prom-client';
import { createMetrics } from '../../../../app/platform/metrics.ts';
import { spread } from '../../../../app/platform/tallies.ts';

describe('a counter that was given its labels', () => {
  it('shows what was counted until it is read, each time', async () => {
    const metrics = createMetrics();
    const hit = metrics.cacheReads.of({ cache: 'article', outcome: 'hit' });
    const line = async (): Promise<string | undefined> =>
      /shop_cache_reads_total\{cache="article",outcome="hit"\} (\d+)/.exec(
        await metrics.registry.metrics(),
      )?.[1];
    expect(await line(), 'is there before anything is counted').to.equal('0');
    hit();
    hit();
    expect(await line()).to.equal('2');
    expect(await line(), 'is not counted twice').to.equal('2');
    hit();
    expect(await line()).to.equal('3');
  });
});

describe('a histogram of what happens with every request', () => {
  it('says what prom-client’s own says of the same values, the bounds of buckets included', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const options = { name: 'seconds', help: 'Of requests', buckets: [0.5, 1, 2.5] };
    const labelNames = ['method', 'status'] as const;
    const mine = spread(ours, { ...options, labelNames });
    const reference = new Histogram({ ...options, labelNames, registers: [theirs] });
    const seen = [
      ...[0, 0.1, 0.5, 0.500_1, 1].map((value) => ({ value, method: 'GET', status: 200 })),
      ...[2.5, 2.6, 1_000].map((value) => ({ value, method: 'POST', status: 303 })),
      ...[0.2, 7].map((value) => ({ value, method: 'GET', status: 404 })),
    ];
    for (const { value, method, status } of seen) {
      mine.observe(value, method, status);
      reference.observe({ method, status }, value);
    }
    const lines = async (registry: Registry): Promise<string[]> => {
      // Prometheus reads labels in any order.
      const text = await registry.metrics();
      return text
        .split('\n')
        .map((line) => line.replace(/\{(.*)\}/, (_, labels: string) => labels.split(',').sort().join()));
    };
    expect(await lines(ours)).to.deep.equal(await lines(theirs));
    expect(await lines(ours), 'read again').to.deep.equal(await lines(theirs));
  });
});

// A counter of what happens with every request counts outside of prom-client, and is told when it is read.
import { expect } from 'chai';
import { createMetrics } from '../../../../app/platform/metrics.ts';
import { eventually } from '../../../support/eventually.ts';
import { timeouts } from '../../../support/timeouts.ts';

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

describe('the lag of the event loop', () => {
  it('is not the time between two looks at it: an idle process is some milliseconds late', async () => {
    const { registry } = createMetrics();
    await eventually(
      async () => {
        const [, seconds] = /^nodejs_eventloop_lag_p50_seconds (\S+)$/m.exec(await registry.metrics()) ?? [];
        expect(Number(seconds)).to.be.within(0.001, 0.05);
      },
      { withinMs: timeouts.soonMs },
    );
  });
});

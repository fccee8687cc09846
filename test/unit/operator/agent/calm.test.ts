import { expect } from 'chai';
import { untilCalm } from '../../../../operator/agent/calm.ts';

/** A kernel whose tasks waited for this part of the time, first one thing and then, from `afterMs` on, another. */
const kernel = (share: number, afterMs = Infinity, later = 0) => {
  const startMs = performance.now();
  return () => {
    const elapsedMs = performance.now() - startMs;
    const first = Math.min(elapsedMs, afterMs) * share;
    return Promise.resolve(1000 * (first + Math.max(0, elapsedMs - afterMs) * later));
  };
};

describe('what was planned', () => {
  it('is done soon on a calm node', async () => {
    expect(await untilCalm(10_000, kernel(0.2))).to.be.below(5_000);
  });

  it('waits until a busy node is calm', async () => {
    expect(await untilCalm(10_000, kernel(1, 500, 0.1))).to.be.within(750, 9_000);
  });

  it('is done in the end also where it never is', async () => {
    expect(await untilCalm(400, kernel(1))).to.be.at.least(400);
  });

  it('does not wait where the kernel does not tell', async () => {
    expect(await untilCalm(10_000, () => Promise.resolve(null))).to.be.below(1_000);
  });
});

import { expect } from 'chai';
import type { Clock } from '../../../../operator/runtime/clock.ts';
import { startStallWatch } from '../../../../operator/runtime/stall-watch.ts';

describe('stall watch', () => {
  it('counts the time in which this process was late, and only what lies after the moment asked for', () => {
    let nowMs = 0;
    let due: () => void = () => undefined;
    const clock: Clock = {
      nowMs: () => nowMs,
      date: () => new Date(0),
      after: (_delayMs, action) => {
        due = action;
        return () => undefined;
      },
    };
    const watch = startStallWatch(clock);
    const runAt = (atMs: number): void => {
      nowMs = atMs;
      due();
    };
    runAt(110);
    expect(watch.deafMs(0)).to.equal(0);
    runAt(1210);
    expect(watch.deafMs(0)).to.equal(1000);
    expect(watch.deafMs(1000)).to.equal(210);
    expect(watch.deafMs(1210)).to.equal(0);
  });
});

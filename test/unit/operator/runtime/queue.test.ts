import { expect } from 'chai';
import { createQueue } from '../../../../operator/runtime/queue.ts';
import type { Result } from '../../../../operator/runtime/queue.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

interface Gate {
  readonly promise: Promise<void>;
  readonly open: () => void;
}

function gate(): Gate {
  let open = (): void => undefined;
  const promise = new Promise<void>((resolve) => (open = resolve));
  return { promise, open };
}

describe('work queue', () => {
  it('runs a key once more, and only once, when it was added several times during its run', async () => {
    const clock = createManualClock();
    const first = gate();
    let runs = 0;
    const work = async (): Promise<Result> => {
      runs += 1;
      if (runs === 1) await first.promise;
      return {};
    };
    const queue = createQueue({ clock, work, onError: () => undefined });
    for (let i = 0; i < 5; i += 1) queue.add('a');
    first.open();
    await clock.advance(10);
    expect(runs).to.equal(2);
  });

  it('lets different keys run at the same time', async () => {
    const clock = createManualClock();
    const blocked = gate();
    const seen: string[] = [];
    const work = async (key: string): Promise<Result> => {
      seen.push(key);
      await blocked.promise;
      return {};
    };
    const queue = createQueue({ clock, work, onError: () => undefined });
    queue.add('a');
    queue.add('b');
    expect(seen).to.deep.equal(['a', 'b']);
    blocked.open();
    await queue.stop();
  });

  it('waits 100, 200, 400 ms … at most 5 s after failures', async () => {
    const clock = createManualClock();
    const startedMs: number[] = [];
    const work = (): Promise<Result> => {
      startedMs.push(clock.nowMs());
      return Promise.reject(new Error('no'));
    };
    const queue = createQueue({ clock, work, onError: () => undefined });
    queue.add('a');
    await clock.advance(30_000);
    const pauses = startedMs.slice(1).map((atMs, index) => atMs - (startedMs[index] ?? 0));
    expect(pauses.slice(0, 8)).to.deep.equal([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  });

  it('repeats a key after the time its work asked for, or at once when it is added before', async () => {
    const clock = createManualClock();
    let runs = 0;
    const work = (): Promise<Result> => {
      runs += 1;
      return Promise.resolve({ afterMs: 1000 });
    };
    const queue = createQueue({ clock, work, onError: () => undefined });
    queue.add('a');
    await clock.advance(500);
    queue.add('a');
    await clock.advance(999);
    expect(runs).to.equal(2);
    await clock.advance(1);
    expect(runs).to.equal(3);
  });

  it('refuses more keys than its limit', () => {
    const clock = createManualClock();
    const work = (): Promise<Result> => Promise.resolve({ afterMs: 1000 });
    const queue = createQueue({ clock, work, onError: () => undefined, limit: 2 });
    queue.add('a');
    queue.add('b');
    expect(() => queue.add('c')).to.throw('queue: full, 2 keys');
  });

  it('accepts nothing after stop, and stop waits for what runs', async () => {
    const clock = createManualClock();
    const running = gate();
    let runs = 0;
    const work = async (): Promise<Result> => {
      runs += 1;
      await running.promise;
      return { afterMs: 1 };
    };
    const queue = createQueue({ clock, work, onError: () => undefined });
    queue.add('a');
    const stopped = queue.stop();
    queue.add('b');
    running.open();
    await stopped;
    await clock.advance(100);
    expect(runs).to.equal(1);
  });
});

// When the agent applies, and how often.
import { expect } from 'chai';
import type { Plan } from '../../../k8s/kind/node-agent/plan.ts';
import { createReconciler } from '../../../k8s/kind/node-agent/reconcile.ts';
import { eventually } from '../../support/eventually.ts';

const PLAN = {} as Plan;

describe('the reconciler', () => {
  let stop: AbortController;
  let done: Promise<void>;

  beforeEach(() => {
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await done;
  });

  function start(
    apply: () => Promise<void>,
    makePlan = (): Promise<Plan | undefined> => Promise.resolve(PLAN),
  ) {
    const reconciler = createReconciler({
      makePlan,
      log: () => undefined,
      apply: async () => {
        await apply();
        return { rulesChanged: false, routesChanged: 0 };
      },
    });
    done = reconciler.run(stop.signal);
    return reconciler;
  }

  it('makes one pass of a burst of events, and one more for those that came during it', async () => {
    let passes = 0;
    const reconciler = start(async () => {
      passes++;
      if (passes === 2) for (let burst = 0; burst < 100; burst++) reconciler.poke();
      await Promise.resolve();
    });
    await eventually(() => expect(passes).to.equal(1), { withinMs: 1000, everyMs: 5 });
    for (let burst = 0; burst < 100; burst++) reconciler.poke();
    await eventually(() => expect(passes).to.equal(3), { withinMs: 1000, everyMs: 5 });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(passes).to.equal(3);
  });

  it('tries again after a failure without being asked, and is unhealthy meanwhile', async () => {
    let passes = 0;
    const reconciler = start(async () => {
      passes++;
      await Promise.resolve();
      if (passes === 2) throw new Error('nft: busy');
    });
    await eventually(() => expect(reconciler.healthy()).to.equal(true), { withinMs: 1000, everyMs: 5 });
    reconciler.poke();
    await eventually(() => expect(reconciler.healthy()).to.equal(false), { withinMs: 1000, everyMs: 5 });
    await eventually(() => expect(reconciler.healthy()).to.equal(true), { withinMs: 1000, everyMs: 5 });
    expect(passes).to.equal(3);
  });

  it('does nothing while too little is known', async () => {
    let asked = 0;
    let applied = 0;
    const reconciler = start(
      async () => {
        applied++;
        await Promise.resolve();
      },
      () => {
        asked++;
        return Promise.resolve(undefined);
      },
    );
    reconciler.poke();
    await eventually(() => expect(asked).to.be.above(0), { withinMs: 1000, everyMs: 5 });
    expect({ applied, healthy: reconciler.healthy() }).to.deep.equal({ applied: 0, healthy: false });
  });
});

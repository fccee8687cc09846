// Decides when to apply. Level-triggered: an event only says "look again", one pass is under way at a time, events during
// a pass make exactly one more, and a slow tick looks again without any event. A pass that fails is repeated with
// growing pauses; the kernel keeps the previous rules meanwhile.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Applied, Apply } from './apply.ts';
import type { Plan } from './plan.ts';
import { createSignal } from './signal.ts';

export interface Reconciler {
  /** Something may have changed. Cheap; call it as often as you like. */
  poke(): void;
  /** Runs until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** True once a pass has succeeded and while the last one did. */
  healthy(): boolean;
}

export interface ReconcilerDeps {
  /** Undefined: not enough is known yet. */
  readonly makePlan: () => Promise<Plan | undefined>;
  readonly apply: Apply;
  readonly log: (message: string, fields?: object) => void;
}

/** Events come in bursts (a rollout, a list): what arrives within this time shares one pass. */
const GATHER_MS = 20;
const FULL_EVERY_MS = 60_000;
const RETRY = { firstMs: 250, maxMs: 5000 };

export function createReconciler({ makePlan, apply, log }: ReconcilerDeps): Reconciler {
  const pokes = createSignal();
  let succeeded = false;
  let fullAt = 0;

  async function pass(): Promise<void> {
    const startedAt = performance.now();
    const plan = await makePlan();
    if (!plan) return;
    const everything = startedAt >= fullAt;
    const applied = await apply(plan, { everything });
    if (everything) fullAt = startedAt + FULL_EVERY_MS;
    const tookMs = Math.round(performance.now() - startedAt);
    if (!succeeded) log('in sync: policies, routes and CNI configuration are set', { tookMs });
    else if (worthALine(applied, everything)) log('applied', { ...applied, tookMs });
    succeeded = true;
  }

  async function run(signal: AbortSignal): Promise<void> {
    let retryMs = RETRY.firstMs;
    while (!signal.aborted) {
      await sleep(GATHER_MS);
      pokes.clear();
      try {
        await pass();
        retryMs = RETRY.firstMs;
        await pokes.wait(FULL_EVERY_MS, signal);
      } catch (error) {
        succeeded = false;
        fullAt = 0;
        log('pass failed, trying again', { error: String(error), retryMs });
        await pokes.wait(retryMs, signal);
        retryMs = Math.min(retryMs * 2, RETRY.maxMs);
      }
    }
  }

  return { poke: () => pokes.set(), run, healthy: () => succeeded };
}

/** Most events change nothing here, and a full pass always sends the rules. */
function worthALine({ rulesChanged, routesChanged }: Applied, everything: boolean): boolean {
  return routesChanged > 0 || (rulesChanged && !everything);
}

// One round of the operator over one set: look, decide, do what has settled. Knows nothing of Kubernetes, so that
// the same code runs against local processes in tests.
import { act } from './act.ts';
import { decide } from './decide.ts';
import type { Action, Observed, Remembered, Verdict } from './model.ts';
import { observe } from './observe.ts';
import { createResets } from './resets.ts';
import { createSettler } from './settle.ts';
import type { ActionContext, Steps } from './tell.ts';

export interface Done {
  readonly action: Action;
  readonly durationMs: number;
  /** Milliseconds per step, for actions that have steps. */
  readonly steps: Steps | undefined;
  readonly error: Error | undefined;
}

export interface PassResult {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly done: readonly Done[];
  /** When the next look is due, in milliseconds. */
  readonly afterMs: number;
}

export interface Passes {
  /** Never throws because of a node; `mayAct` is asked before every action. */
  run(context: ActionContext, remembered: Remembered, mayAct: () => boolean): Promise<PassResult>;
}

const calmMs = 500;
const soonMs = 100;

export function createPasses(): Passes {
  const settler = createSettler();
  const resets = createResets();

  const runOne = async (context: ActionContext, action: Action): Promise<Done> => {
    const startMs = context.nowMs();
    try {
      const steps = await act(context, action);
      resets.note(action, context.nowMs());
      return { action, steps, durationMs: context.nowMs() - startMs, error: undefined };
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause));
      return { action, steps: undefined, durationMs: context.nowMs() - startMs, error };
    }
  };

  return {
    run: async (context, remembered, mayAct) => {
      const observed = await observe(context.links, context.set, context.nowMs());
      const verdict = decide(observed, remembered);
      const done: Done[] = [];
      for (const action of settler.due(verdict.intents, context.nowMs())) {
        if (resets.isTooSoon(action, context.nowMs())) continue;
        if (!mayAct()) break;
        const result = await runOne(context, action);
        done.push(result);
        // What follows a failed election was decided for a world in which it had worked.
        if (result.error !== undefined && choosesMaster(action)) break;
      }
      const busy = settler.pending() || done.length > 0 || verdict.phase === 'FailingOver';
      return { observed, verdict, done, afterMs: busy ? soonMs : calmMs };
    },
  };
}

const choosesMaster = ({ kind }: Action): boolean =>
  kind === 'bless' || kind === 'elect' || kind === 'switch';

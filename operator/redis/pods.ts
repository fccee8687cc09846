// What the operator knows of and does to the set's pods: keeps them at their StatefulSets' newest template, and lets go
// of those that a dead node holds on to.
import { isNotFound } from '../runtime/api.ts';
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import { startInformer } from '../runtime/informer.ts';
import type { Informer } from '../runtime/informer.ts';
import { collectionPath, objectPath, PODS, STATEFUL_SETS } from '../runtime/paths.ts';
import { fateOf } from './fate.ts';
import type { Verdict } from './model.ts';
import type { PassResult } from './pass.ts';
import { nextRolloutStep, podsOf } from './rollout.ts';
import type { PodObject, StatefulSetObject } from './rollout.ts';
import { stuckPod } from './stuck.ts';

export interface SetNames {
  readonly statefulSet: string;
  readonly sentinelStatefulSet: string;
}

export interface Pods {
  /** What Kubernetes says of a pod that does not run; for people. */
  fateOf(pod: string): string | undefined;
  /** The pod, or what it is made from where none is there: it says how the next one is to be spoken to. */
  find(name: string): KubeObject | undefined;
  /** Takes one step of a rollout if one is due. @returns the member that should become master first. */
  roll(set: KubeObject, names: SetNames, verdict: Verdict): Promise<string | undefined>;
  /** Deletes the object of one pod whose node is dead, where a living one would do no harm. */
  release(set: KubeObject, names: SetNames, result: PassResult): Promise<void>;
  synced(): boolean;
  stop(): void;
}

export function watchPods(context: ControllerContext): Pods {
  const { api, clock, log, namespace } = context;
  const watch = <T extends KubeObject>(path: string): Informer<T> =>
    startInformer<T>({ api, clock, log, path, onChange: () => undefined });
  const pods = watch<PodObject>(collectionPath(PODS, namespace));
  const statefulSets = watch<StatefulSetObject>(collectionPath(STATEFUL_SETS, namespace));
  return {
    find: (name) => pods.get(name) ?? statefulSets.get(name.replace(/-\d+$/, ''))?.spec?.template,
    synced: () => pods.synced() && statefulSets.synced(),
    stop: () => {
      pods.stop();
      statefulSets.stop();
    },
    fateOf: (pod) => fateOf(pods.get(pod)),
    roll: rollouts(context, pods, statefulSets),
    release: async (set, names, { observed, verdict }) => {
      const owned = [names.statefulSet, names.sentinelStatefulSet].flatMap((name) =>
        podsOf(name, pods.list()),
      );
      const stuck = stuckPod({ pods: owned, observed, verdict, nowMs: clock.date().getTime() });
      if (stuck === undefined || !context.isLeader()) return;
      const { name, uid } = stuck.metadata;
      await replace(context, set, name, {
        note: `${name} is released: it should have ended long ago, and its node does not say so`,
        body: { gracePeriodSeconds: 0, preconditions: { uid } },
      });
    },
  };
}

function rollouts(
  context: ControllerContext,
  pods: Informer<PodObject>,
  statefulSets: Informer<StatefulSetObject>,
): Pods['roll'] {
  const healthySinceMs = new Map<string, number>();
  const healthyMs = (set: string, { phase }: Verdict): number => {
    const nowMs = context.clock.nowMs();
    if (phase !== 'Healthy') healthySinceMs.delete(set);
    else if (!healthySinceMs.has(set)) healthySinceMs.set(set, nowMs);
    return nowMs - (healthySinceMs.get(set) ?? nowMs);
  };
  return async (set, names, verdict) => {
    const step = nextRolloutStep({
      pods: pods.list(),
      members: statefulSets.get(names.statefulSet),
      sentinels: statefulSets.get(names.sentinelStatefulSet),
      master: verdict.master,
      healthyMs: healthyMs(set.metadata.name, verdict),
    });
    if (step === undefined || !context.isLeader()) return undefined;
    if (step.kind === 'switch') return step.to;
    healthySinceMs.delete(set.metadata.name);
    await replace(context, set, step.pod, {
      note: `${step.pod} is replaced: its StatefulSet has a newer template`,
      // By uid: a pod that was replaced meanwhile is already new.
      body: { preconditions: { uid: step.uid } },
    });
    return undefined;
  };
}

interface Replacement {
  readonly note: string;
  readonly body: object;
}

async function replace(
  { api, events, log, namespace }: ControllerContext,
  set: KubeObject,
  pod: string,
  { note, body }: Replacement,
): Promise<void> {
  events.record(set, { type: 'Normal', reason: 'PodReplaced', action: 'Replace', note });
  log.info({ pod, why: note }, 'pod deleted');
  await api.request('DELETE', objectPath(PODS, namespace, pod), { body }).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

// What the operator knows of and does to the set's pods: keeps them at their StatefulSets' newest template.
import { isNotFound } from '../runtime/api.ts';
import type { KubeObject } from '../runtime/api.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import { startInformer } from '../runtime/informer.ts';
import type { Informer } from '../runtime/informer.ts';
import { collectionPath, objectPath, PODS, STATEFUL_SETS } from '../runtime/paths.ts';
import type { Verdict } from './model.ts';
import { nextRolloutStep } from './rollout.ts';
import type { PodObject, StatefulSetObject } from './rollout.ts';

export interface SetNames {
  readonly statefulSet: string;
  readonly sentinelStatefulSet: string;
}

export interface Pods {
  /** Takes one step of a rollout if one is due. @returns the member that should become master first. */
  roll(set: KubeObject, names: SetNames, verdict: Verdict): Promise<string | undefined>;
  synced(): boolean;
  stop(): void;
}

export function watchPods(context: ControllerContext): Pods {
  const { api, clock, log, namespace, events } = context;
  const watch = <T extends KubeObject>(path: string): Informer<T> =>
    startInformer<T>({ api, clock, log, path, onChange: () => undefined });
  const pods = watch<PodObject>(collectionPath(PODS, namespace));
  const statefulSets = watch<StatefulSetObject>(collectionPath(STATEFUL_SETS, namespace));
  const healthySinceMs = new Map<string, number>();

  const healthyMs = (set: string, { phase }: Verdict): number => {
    if (phase !== 'Healthy') healthySinceMs.delete(set);
    else if (!healthySinceMs.has(set)) healthySinceMs.set(set, clock.nowMs());
    return clock.nowMs() - (healthySinceMs.get(set) ?? clock.nowMs());
  };

  return {
    synced: () => pods.synced() && statefulSets.synced(),
    stop: () => {
      pods.stop();
      statefulSets.stop();
    },
    roll: async (set, names, verdict) => {
      const step = nextRolloutStep({
        pods: pods.list(),
        members: statefulSets.get(names.statefulSet),
        sentinels: statefulSets.get(names.sentinelStatefulSet),
        master: verdict.master,
        healthyMs: healthyMs(set.metadata.name, verdict),
      });
      if (step === undefined || !context.isLeader()) return undefined;
      if (step.kind === 'switch') return step.to;
      const note = `${step.pod} is replaced: its StatefulSet has a newer template`;
      events.record(set, { type: 'Normal', reason: 'PodReplaced', action: 'Rollout', note });
      log.info({ pod: step.pod }, 'rollout: pod deleted');
      healthySinceMs.delete(set.metadata.name);
      // By uid: a pod that was replaced meanwhile is already new.
      const body = { preconditions: { uid: step.uid } };
      await api
        .request('DELETE', objectPath(PODS, namespace, step.pod), { body })
        .catch((error: unknown) => ignoreMissing(error));
      return undefined;
    },
  };
}

function ignoreMissing(error: unknown): void {
  if (!isNotFound(error)) throw error;
}

// Replaces pods whose StatefulSet has a newer template (OnDelete: nobody else does). One at a time, each back in sync
// before the next, replicas before the master, and the master only after a switch that loses nothing. What cannot start by
// an older template is not waited for.
import type { KubeObject } from '../runtime/api.ts';

export interface PodObject extends KubeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly {
      readonly state?: ContainerState;
      readonly lastState?: ContainerState;
    }[];
  };
}

interface ContainerState {
  readonly running?: object;
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: { readonly reason?: string; readonly message?: string };
}

export interface StatefulSetObject extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly template?: KubeObject };
  readonly status?: { readonly updateRevision?: string; readonly observedGeneration?: number };
}

export interface RolloutView {
  readonly pods: readonly PodObject[];
  readonly members: StatefulSetObject | undefined;
  readonly sentinels: StatefulSetObject | undefined;
  readonly master: string | undefined;
  /** How long the whole set has been healthy without a break, in milliseconds. */
  readonly healthyMs: number;
}

export type RolloutStep =
  | { readonly kind: 'delete'; readonly pod: string; readonly uid: string }
  | { readonly kind: 'switch'; readonly to: string }
  | undefined;

/** A replaced member must have been part of a healthy set for a moment before the next one goes. */
const settledMs = 3_000;
const revisionLabel = 'controller-revision-hash';

export function nextRolloutStep(view: RolloutView): RolloutStep {
  if (view.master === undefined) return undefined;
  const stalled = stalledPod(view);
  return stalled ? deletion(stalled) : nextOfHealthy(view);
}

function nextOfHealthy(view: RolloutView): RolloutStep {
  if (view.healthyMs < settledMs) return undefined;
  const sentinels = podsOf(view.sentinels?.metadata.name, view.pods);
  const members = podsOf(view.members?.metadata.name, view.pods);
  if ([...sentinels, ...members].some((pod) => !isReady(pod))) return undefined;
  const staleSentinel = sentinels.find((pod) => isOutdated(pod, view.sentinels));
  if (staleSentinel) return deletion(staleSentinel);
  const outdated = members.filter((pod) => isOutdated(pod, view.members));
  const replica = outdated.find(({ metadata }) => metadata.name !== view.master);
  if (replica) return deletion(replica);
  if (outdated.length === 0) return undefined;
  const successor = members.find(({ metadata }) => metadata.name !== view.master);
  return successor && { kind: 'switch', to: successor.metadata.name };
}

/**
 * The one pod that keeps the set from being healthy, where what keeps it may be its outdated template: an image that is
 * not there, a node that there is not. Waiting for it first, the corrected template would never come. Nothing runs in
 * it, so that replacing it takes nothing away.
 */
function stalledPod({ pods, members, sentinels, master }: RolloutView): PodObject | undefined {
  const sets = [members, sentinels];
  if (!sets.every((set) => podsOf(set?.metadata.name, pods).length === set?.spec?.replicas)) return undefined;
  const away = sets.flatMap((set) =>
    podsOf(set?.metadata.name, pods).flatMap((pod) => (isReady(pod) ? [] : [{ pod, set }])),
  );
  const [only] = away;
  if (only === undefined || away.length > 1 || only.pod.metadata.name === master) return undefined;
  return isIdle(only.pod) && isOutdated(only.pod, only.set) ? only.pod : undefined;
}

/** Nothing runs in it, and nobody has deleted it yet. */
function isIdle({ metadata, status }: PodObject): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.containerStatuses?.some(({ state }) => state?.running !== undefined) !== true;
}

function deletion({ metadata }: PodObject): RolloutStep {
  return { kind: 'delete', pod: metadata.name, uid: metadata.uid ?? '' };
}

/** The pods that a StatefulSet of this name makes. */
export function podsOf(statefulSet: string | undefined, pods: readonly PodObject[]): readonly PodObject[] {
  if (statefulSet === undefined) return [];
  const pattern = new RegExp(`^${statefulSet}-\\d+$`);
  return pods.filter(({ metadata }) => pattern.test(metadata.name));
}

function isReady({ metadata, status }: PodObject): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true;
}

function isOutdated({ metadata }: PodObject, set: StatefulSetObject | undefined): boolean {
  const wanted = set?.status?.updateRevision;
  // A status that has not caught up with the spec would name the old revision as the wanted one.
  if (wanted === undefined || set?.status?.observedGeneration !== set?.metadata.generation) return false;
  return metadata.labels?.[revisionLabel] !== wanted;
}

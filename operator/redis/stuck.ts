// Pods that should have ended long ago and have not: their node's kubelet is gone, and until the object goes too
// their StatefulSet makes no other. Deleting the object is a claim that the process is dead, so it is made only where
// a living one would do no harm: not the master, not answering, and the set whole without it.
import type { Observed, Verdict } from './model.ts';
import { majority } from './model.ts';
import type { PodObject } from './rollout.ts';

/** A kubelet that lives ends a pod within seconds of its grace period. */
const overdueMs = 30_000;

export interface StuckView {
  readonly pods: readonly PodObject[];
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly nowMs: number;
}

/** One pod whose object may be deleted by force; one at a time, so that each is looked at in a set as it is then. */
export function stuckPod({ pods, observed, verdict, nowMs }: StuckView): PodObject | undefined {
  if (verdict.master === undefined) return undefined;
  const silent = [...silentMembers(observed, verdict.master), ...silentSentinels(observed)];
  return pods.find(({ metadata }) => {
    const deadline = Date.parse(metadata.deletionTimestamp ?? '');
    return nowMs - deadline >= overdueMs && silent.includes(metadata.name);
  });
}

/** Only while the master still has a replica: without one, each data set counts. */
function silentMembers({ members }: Observed, master: string): readonly string[] {
  const replicas = members.find(({ name }) => name === master)?.answer?.replicas ?? [];
  if (!replicas.some(({ online }) => online)) return [];
  return members
    .filter(({ name, answer }) => name !== master && answer === undefined)
    .map(({ name }) => name);
}

/** Only while the others are a majority: a Sentinel remembers its votes on its volume, which stays. */
function silentSentinels({ sentinels }: Observed): readonly string[] {
  const silent = sentinels.filter(({ reachable }) => !reachable);
  const isMajority = sentinels.length - silent.length >= majority(sentinels.length);
  return isMajority ? silent.map(({ name }) => name) : [];
}

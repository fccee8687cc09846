// Pods that the API has just forgotten. A pod that is deleted by force is gone from the API a second or more before its
// processes are; a pod that answers nobody any more, since nobody's rules fit it, leaves whoever waits for its
// last answer, or for the reset of its connection, to a timeout. So each keeps its rules for a moment longer.
import type { PodRecord } from './objects.ts';

/** A kubelet ends the processes of such a pod within about 2 s, and then takes its network down. */
export const LINGER_MS = 5_000;

export interface Lingering {
  /** The pods of `present`, and before them those that were shown less than `LINGER_MS` ago: what is present wins. */
  withForgotten(present: ReadonlyMap<string, PodRecord>): PodRecord[];
}

export interface LingeringDeps {
  readonly now: () => number;
  /** Called once a pod has lingered long enough, so that its rules go even when nothing else happens. */
  readonly onEnd: (afterMs: number) => void;
}

export function createLingering({ now, onEnd }: LingeringDeps): Lingering {
  let shown: ReadonlyMap<string, PodRecord> = new Map();
  const forgotten = new Map<string, { readonly pod: PodRecord; readonly untilMs: number }>();

  function withForgotten(present: ReadonlyMap<string, PodRecord>): PodRecord[] {
    const byUid = new Map([...present.values()].map((pod) => [pod.uid, pod]));
    for (const [uid, pod] of shown) {
      if (byUid.has(uid) || pod.hostNetwork || pod.finished) continue;
      forgotten.set(uid, { pod, untilMs: now() + LINGER_MS });
      onEnd(LINGER_MS);
    }
    shown = byUid;
    for (const [uid, { untilMs }] of forgotten) if (now() >= untilMs || byUid.has(uid)) forgotten.delete(uid);
    return [...[...forgotten.values()].map(({ pod }) => pod), ...present.values()];
  }

  return { withForgotten };
}

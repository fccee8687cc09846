// What Kubernetes says of a node that does not answer, in one line for people: "cannot be scheduled", "its container
// ended: the append-only file cannot be loaded". Only words: a pod that is gone from the API may still run on a node
// that is cut off, so nothing is ever decided by them.
import type { PodObject } from './rollout.ts';

type Waiting = NonNullable<ContainerStatus['state']>['waiting'];
export type ContainerStatus = NonNullable<NonNullable<PodObject['status']>['containerStatuses']>[number];

const longest = 200;

/** Undefined when nothing is wrong with the pod as far as Kubernetes knows. */
export function fateOf(pod: PodObject | undefined): string | undefined {
  if (pod === undefined) return 'has no pod';
  if (pod.metadata.deletionTimestamp !== undefined) return 'its pod is being deleted';
  const unscheduled = pod.status?.conditions?.find(
    ({ type, status }) => type === 'PodScheduled' && status === 'False',
  );
  if (unscheduled) return `cannot be scheduled: ${shortened(unscheduled.message)}`;
  for (const container of pod.status?.containerStatuses ?? []) {
    const fate = fateOfContainer(container);
    if (fate !== undefined) return fate;
  }
  return undefined;
}

function fateOfContainer({ state, lastState }: ContainerStatus): string | undefined {
  if (state?.running !== undefined) return undefined;
  const ended = state?.terminated ?? lastState?.terminated;
  if (ended === undefined) return describeWaiting(state?.waiting);
  const said = shortened(ended.message);
  return `its container ended: ${said === '' ? (ended.reason ?? 'Error') : said}`;
}

function describeWaiting(waiting: Waiting): string | undefined {
  if (waiting === undefined) return undefined;
  const said = shortened(waiting.message);
  return `its container waits: ${waiting.reason ?? 'unknown'}${said === '' ? '' : ` (${said})`}`;
}

/** The last line is where a program says why it ended. */
function shortened(message: string | undefined): string {
  return (message ?? '').trim().split('\n').at(-1)?.slice(0, longest) ?? '';
}

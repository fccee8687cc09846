// Why a deployment does not get on: the pods that are not ready with the reason Kubernetes gives, and how to look
// further. Written for somebody who sees this cluster for the first time.
import type { Snapshot } from './checks.ts';
import type { KubeObject, Target } from './target.ts';

interface ContainerStatus {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number };
  };
}

export function whatIsStuck(snapshot: Snapshot, target: Target): string {
  const pods = snapshot.filter((object) => object.kind === 'Pod').flatMap(troubleOf);
  const look = `kubectl ${kubeconfigHint(target)}--context ${target.context} -n ${target.namespace}`;
  return [
    ...(pods.length === 0 ? ['  every pod is ready'] : pods.map((line) => `  ${line}`)),
    'look further with',
    `  ${look} get pods,postgressets,redissets -o wide`,
    `  ${look} describe pod NAME`,
    `  ${look} logs NAME --all-containers --previous`,
    `  ${look} get events --sort-by=.lastTimestamp`,
  ].join('\n');
}

function kubeconfigHint(target: Target): string {
  return target.env.KUBECONFIG === undefined ? '' : `--kubeconfig ${target.env.KUBECONFIG} `;
}

function troubleOf(pod: KubeObject): string[] {
  const status = pod.status ?? {};
  if (status.phase === 'Succeeded') return [];
  const scheduled = status.conditions?.find(({ type }) => type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    return [`${pod.metadata.name}: not scheduled: ${scheduled.message ?? ''}`];
  }
  const containers = [
    ...((status.initContainerStatuses ?? []) as ContainerStatus[]).filter(
      ({ state }) => state?.terminated?.exitCode !== 0,
    ),
    ...((status.containerStatuses ?? []) as ContainerStatus[]),
  ];
  return containers
    .filter(({ ready }) => ready !== true)
    .map((container) => `${pod.metadata.name}: ${troubleIn(container)}`);
}

function troubleIn({ name, state, restartCount = 0 }: ContainerStatus): string {
  const restarts = restartCount > 0 ? `, ${restartCount} restarts` : '';
  const { waiting, terminated } = state ?? {};
  if (waiting) return `${name} waits: ${waiting.reason ?? ''} ${waiting.message ?? ''}`.trimEnd() + restarts;
  if (terminated) {
    return `${name} ended: ${terminated.reason ?? ''} (exit ${terminated.exitCode ?? '?'})${restarts}`;
  }
  return `${name} runs but is not ready${restarts}`;
}

// A pod that only waits, for connections from where none of ours runs just now: with the labels of a tier whose
// pods come and go, or from outside the namespace. Never ready, so that no Service sends it a request.
import type { V1Pod } from '@kubernetes/client-node';
import { eventually } from './eventually.ts';
import { getJson, kubectl, namespace } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export interface ProbePod {
  readonly name: string;
  readonly namespace: string;
  remove: () => Promise<void>;
}

/** Starts the pod from an image the cluster has, and waits until it runs. The caller removes it. */
export async function startProbePod(
  name: string,
  labels: Readonly<Record<string, string>>,
  inNamespace: string = namespace,
): Promise<ProbePod> {
  const image = await kubectl([
    'get',
    'deployment',
    'app',
    '-o',
    'jsonpath={.spec.template.spec.containers[0].image}',
  ]);
  const remove = async (): Promise<void> => {
    await kubectl(['-n', inNamespace, 'delete', 'pod', name, '--ignore-not-found', '--now']);
  };
  await remove();
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels }, spec: waiting(image) };
  await kubectl(['-n', inNamespace, 'create', '-f', '-'], { input: JSON.stringify(pod) });
  try {
    await eventually(() => isRunning(name, inNamespace), { withinMs: timeouts.podReadyMs, everyMs: 300 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { name, namespace: inNamespace, remove };
}

const waiting = (image: string) => ({
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 0,
  restartPolicy: 'Never',
  securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
  containers: [
    {
      name: 'probe',
      image,
      command: ['sleep', '900'],
      // Fails always: ready pods with these labels would get the tier's traffic.
      readinessProbe: { exec: { command: ['false'] }, periodSeconds: 60 },
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: { limits: { memory: '64Mi', cpu: '100m' } },
    },
  ],
});

async function isRunning(name: string, inNamespace: string): Promise<void> {
  const { status } = await getJson<V1Pod>('-n', inNamespace, 'pod', name);
  if (status?.phase !== 'Running') throw new Error(`pod ${name}: ${status?.phase ?? 'no status'}`);
}

// A program of the tests in a pod of its own, on the control plane's node: what measures a fault must not be hit by it.
// The program is bundled here, handed over in a ConfigMap, and answers GETs that the API server forwards to it.
import type { V1Pod } from '@kubernetes/client-node';
import { build } from 'esbuild';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { labelsOf } from '../../k8s/lib/tiers.ts';
import type { Tier } from '../../k8s/lib/tiers.ts';
import { productName, secretsFolder, userId } from '../../k8s/lib/names.ts';
import { readPath } from './cluster-api.ts';
import { eventually } from './eventually.ts';
import { getJson, isReady, kubectl, namespace } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);
const port = 8080;

export interface ProgramPodOptions {
  readonly name: string;
  /** Its TypeScript entry. It listens on port 8080. */
  readonly entry: string;
  /** Whose network edges it has. One that no Service selects. */
  readonly tier: Tier;
  /** Secrets it reads, with the keys it needs: /etc/secrets/NAME/KEY. */
  readonly secrets: Readonly<Record<string, readonly string[]>>;
}

export interface ProgramPod {
  /** GET `path` of the program; throws with what it said when that is no 200. */
  ask<T>(path: string, timeoutMs?: number): Promise<T>;
  remove(): Promise<void>;
}

/** Starts the pod and waits until it answers. The caller removes it. */
export async function startProgramPod(options: ProgramPodOptions): Promise<ProgramPod> {
  const { name } = options;
  const remove = async (): Promise<void> => {
    await kubectl(['delete', 'pod,configmap', name, '--ignore-not-found', '--now'], {
      timeoutMs: timeouts.podReadyMs,
    });
  };
  await remove();
  const image = await appImage();
  // Deployments load images onto the workers only.
  await run('bash', ['k8s/kind/load.sh', '--everywhere', image], { timeout: timeouts.podReadyMs });
  const items = [configMap(name, await bundle(options.entry)), pod(options, image)];
  await kubectl(['create', '-f', '-'], {
    input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items }),
  });
  try {
    await eventually(() => untilReady(name), { withinMs: timeouts.podReadyMs, everyMs: 300 });
  } catch (error) {
    await remove();
    throw error;
  }
  const base = `/api/v1/namespaces/${namespace}/pods/${name}:${port}/proxy`;
  return {
    ask: <T>(path: string, timeoutMs: number = timeouts.kubectlMs) =>
      readPath<T>(`${base}${path}`, {}, timeoutMs),
    remove,
  };
}

async function untilReady(name: string): Promise<void> {
  const found = await getJson<V1Pod>('pod', name);
  if (!isReady(found)) throw new Error(`pod ${name}: ${found.status?.phase ?? 'no status'}`);
}

function appImage(): Promise<string> {
  const path = '{.spec.template.spec.containers[0].image}';
  return kubectl(['get', 'deployment', 'app', '-o', `jsonpath=${path}`]);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, minify: true, logLevel: 'silent' },
    ...{ platform: 'node', format: 'cjs', target: 'node24', external: ['pg-native'] },
  });
  const [file] = outputFiles;
  if (!file) throw new Error(`${entry}: esbuild wrote nothing`);
  return file.text;
}

function configMap(name: string, program: string): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { 'program.cjs': program } };
}

function pod({ name, tier, secrets }: ProgramPodOptions, image: string): object {
  const release = { name: productName, namespace, version: '' };
  const wanted = Object.entries(secrets);
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { ...labelsOf(tier, release), 'app.kubernetes.io/managed-by': 'test' } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 1,
      nodeSelector: { 'node-role.kubernetes.io/control-plane': '' },
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
      securityContext: {
        ...{ runAsNonRoot: true, runAsUser: userId, runAsGroup: userId, fsGroup: userId },
        seccompProfile: { type: 'RuntimeDefault' },
      },
      containers: [container(image, Object.keys(secrets))],
      volumes: [
        { name: 'program', configMap: { name } },
        ...wanted.map(([secretName, keys]) => ({
          name: secretName,
          secret: { secretName, defaultMode: 0o440, items: keys.map((key) => ({ key, path: key })) },
        })),
      ],
    },
  };
}

function container(image: string, secrets: readonly string[]): object {
  return {
    name: 'program',
    image,
    command: ['node', '/program/program.cjs'],
    readinessProbe: { tcpSocket: { port }, periodSeconds: 1 },
    securityContext: {
      ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true },
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: [
      { name: 'program', mountPath: '/program' },
      ...secrets.map((secret) => ({ name: secret, mountPath: `${secretsFolder}/${secret}`, readOnly: true })),
    ],
  };
}

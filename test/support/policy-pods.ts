// Pods that answer and connect, in a namespace of their own under Pod Security "restricted", for tests of what network
// policies do to real connections. One program serves and tries; it is Node's, from an image the nodes already have.
import { execIn, getJson, kubectl } from './kubectl.ts';
import { eventually } from './eventually.ts';
import { timeouts } from './timeouts.ts';

export const POLICY_NAMESPACE = 'policy-test';
export const PORTS = { main: 5432, web: 8080, udp: 5353 } as const;

/** Answers on every port with what it is sent, and over HTTP for probes. */
const SERVE = `
const net = require('net'), udp = require('dgram').createSocket('udp4');
for (const port of [${PORTS.main}, ${PORTS.web}]) net.createServer((s) => s.on('error', () => s.destroy()).pipe(s)).listen(port);
require('http').createServer((q, r) => r.end('ok')).listen(8000);
udp.on('message', (m, from) => udp.send(m, from.port, from.address)).bind(${PORTS.udp});
`;

interface PodOptions {
  readonly app: string;
  /** Zone to run in; pods of one zone share a node in the kind cluster. */
  readonly zone?: string;
  /** Node program to run in place of serving. */
  readonly program?: string;
}

export async function createPolicyNamespace(): Promise<void> {
  await kubectl(['delete', 'namespace', POLICY_NAMESPACE, '--ignore-not-found'], {
    timeoutMs: timeouts.podReadyMs,
  });
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: POLICY_NAMESPACE, labels } });
}

export async function deletePolicyNamespace(): Promise<void> {
  await kubectl(['delete', 'namespace', POLICY_NAMESPACE, '--wait=false']);
}

/** Creates or replaces one object of the namespace. */
export async function apply(object: object): Promise<void> {
  await kubectl(['-n', POLICY_NAMESPACE, 'apply', '-f', '-'], { input: JSON.stringify(object) });
}

async function create(object: object): Promise<void> {
  await kubectl(['create', '-f', '-'], { input: JSON.stringify(object) });
}

/** Creates a pod; does not wait for it. */
export async function createPod({ app, zone, program = SERVE }: PodOptions): Promise<void> {
  const probe = { httpGet: { path: '/', port: 8000 }, periodSeconds: 1, failureThreshold: 2 };
  const container = {
    name: 'main',
    image: await imageWithNode(),
    command: ['node', '-e', program],
    ports: [{ name: 'web', containerPort: PORTS.web }],
    ...(program === SERVE
      ? { readinessProbe: probe, livenessProbe: { ...probe, failureThreshold: 10 } }
      : {}),
    resources: { requests: { cpu: '10m', memory: '48Mi' }, limits: { memory: '96Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
  };
  const spec = {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    restartPolicy: 'Never',
    securityContext: { runAsNonRoot: true, runAsUser: 10_001, seccompProfile: { type: 'RuntimeDefault' } },
    ...(zone === undefined ? {} : { nodeSelector: { 'topology.kubernetes.io/zone': zone } }),
    containers: [container],
  };
  await apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: app, labels: { app } }, spec });
}

interface PodStatus {
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { type: string; status: string }[];
  };
}

/** Waits until the pod is ready and returns its address. */
export async function readyAddress(name: string): Promise<string> {
  return eventually(
    async () => {
      const { status } = await getJson<PodStatus>('-n', POLICY_NAMESPACE, 'pod', name);
      const ready = status.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
      if (!ready || !status.podIP) throw new Error(`pod ${name} is not ready`);
      return status.podIP;
    },
    { withinMs: timeouts.podReadyMs, everyMs: 300 },
  );
}

/** Runs a Node program in a pod; what it prints, as JSON. */
export async function inPod<T>(pod: string, program: string): Promise<T> {
  return JSON.parse(await execIn(pod, ['node', '-e', program], { namespace: POLICY_NAMESPACE })) as T;
}

/** An image that has Node and is on every node: the shop's, or before there is a shop the node agent's. */
async function imageWithNode(): Promise<string> {
  const path = 'jsonpath={.spec.template.spec.containers[0].image}';
  const app = await kubectl(['get', 'deployment', 'app', '--ignore-not-found', '-o', path]);
  return app || kubectl(['-n', 'kube-system', 'get', 'daemonset', 'node-agent', '-o', path]);
}

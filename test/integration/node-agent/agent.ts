// The whole node agent, as a process in the node's network namespace, with an API for it to follow and folders of its
// own in place of the node's.
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { run } from '../../../k8s/kind/node-agent/network/exec.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { ApiObject, Change } from './api-process.ts';
import { NODE, OTHER, PODS, startIn, type TestNetwork } from './network.ts';

const PATHS = {
  node: '/api/v1/nodes',
  pod: '/api/v1/pods',
  namespace: '/api/v1/namespaces',
  policy: '/apis/networking.k8s.io/v1/networkpolicies',
  serviceRange: '/apis/networking.k8s.io/v1/servicecidrs',
};
const REPOSITORY = join(import.meta.dirname, '../../..');

export interface TestAgent {
  /** Standing in for /etc/cni/net.d, /opt/cni/bin, /run/node-agent and /var/lib/node-agent. */
  readonly folders: {
    readonly cniConfig: string;
    readonly cniBinaries: string;
    readonly run: string;
    readonly state: string;
  };
  put(kind: keyof typeof PATHS, object: ApiObject & object): void;
  remove(kind: keyof typeof PATHS, name: string, namespace?: string): void;
  /** Starts the agent; resolves when it has set everything once. */
  start(): Promise<void>;
  /** Ends it by SIGTERM and returns the exit code. */
  stop(): Promise<number | null>;
  close(): Promise<void>;
}

export async function createAgent(network: TestNetwork): Promise<TestAgent> {
  const folder = await mkdtemp(join(tmpdir(), 'node-agent-'));
  const folders = {
    cniConfig: join(folder, 'cni'),
    cniBinaries: join(folder, 'bin'),
    run: join(folder, 'run'),
    state: join(folder, 'state'),
  };
  const env = await prepare(folder, folders);
  const api = startIn(network.node, join(import.meta.dirname, 'api-process.ts'), env);
  await once(api, 'message');
  let agent: ChildProcess | undefined;

  const send = (change: Change): void => void api.send(change);
  async function stop(): Promise<number | null> {
    if (!agent || agent.exitCode !== null) return agent?.exitCode ?? null;
    agent.kill('SIGTERM');
    const [code] = (await once(agent, 'exit')) as [number | null];
    return code;
  }

  putNodes(send);
  return {
    folders,
    put: (kind, object) => send({ path: PATHS[kind], key: keyOf(object.metadata), object }),
    remove: (kind, name, namespace) => send({ path: PATHS[kind], key: keyOf({ name, namespace }) }),
    start: async () => {
      agent = startIn(network.node, join(REPOSITORY, 'k8s/kind/node-agent/main.ts'), env);
      await eventually(() => ready(network), { withinMs: timeouts.soonMs, everyMs: 50 });
    },
    stop,
    close: async () => {
      await stop();
      api.kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function prepare(folder: string, folders: TestAgent['folders']): Promise<NodeJS.ProcessEnv> {
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'ca.crt')];
  const request = ['-subj', '/CN=api', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2', '-nodes'];
  const files = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-keyout', key, '-out', cert];
  await run('openssl', ['req', '-x509', ...request, ...files], { timeoutMs: 10_000 });
  await writeFile(join(folder, 'token'), 'test-token\n');
  for (const path of Object.values(folders)) await mkdir(path, { recursive: true });
  return {
    TLS_KEY: key,
    TLS_CERT: cert,
    NODE_NAME: NODE.name,
    POD_SUBNET: PODS,
    // The first does not answer: the agent must find the second.
    CONTROL_PLANE_ENDPOINT: '127.0.0.1:1',
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: '6443',
    SERVICE_ACCOUNT_DIR: folder,
    CNI_CONFIG_DIR: folders.cniConfig,
    CNI_BINARY_DIR: folders.cniBinaries,
    RUN_DIR: folders.run,
    STATE_DIR: folders.state,
    IPAM_SCRIPT: join(REPOSITORY, 'k8s/kind/node-agent/node-agent-ipam'),
  };
}

function putNodes(send: (change: Change) => void): void {
  for (const { name, ip, podCidr } of [NODE, OTHER]) {
    const addresses = [{ type: 'InternalIP', address: ip }];
    const node = { metadata: { name }, spec: { podCIDRs: [podCidr] }, status: { addresses } };
    send({ path: PATHS.node, key: name, object: node });
  }
  const range = { metadata: { name: 'kubernetes' }, spec: { cidrs: ['10.96.0.0/16'] } };
  send({ path: PATHS.serviceRange, key: 'kubernetes', object: range });
}

async function ready(network: TestNetwork): Promise<void> {
  const script = `fetch('http://127.0.0.1:10271/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  await network.exec(network.node, process.execPath, '-e', script);
}

function keyOf({ name, namespace }: { name: string; namespace?: string | undefined }): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}

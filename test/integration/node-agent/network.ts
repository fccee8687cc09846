// A node and its pods as real network namespaces on this machine, wired as the CNI plugin `ptp` wires them: one veth pair
// per pod, a /32 route on the node, everything between pods forwarded by it. A second node stands behind `eth0`.
// Names are unique to the process; `close()` removes all of it. Needs root, and says so.
import { spawn, type ChildProcess } from 'node:child_process';
import { ensurePrograms } from '../../../app/dev/packages.ts';
import { programs } from '../../support/programs.ts';
import { run } from '../../../k8s/kind/node-agent/network/exec.ts';

export const PODS = '10.244.0.0/16';
export const NODE = { name: 'node-1', ip: '172.31.7.1', podCidr: '10.244.1.0/24' };
export const OTHER = { name: 'node-2', ip: '172.31.7.2', podCidr: '10.244.2.0/24', podIp: '10.244.2.9' };

const TIMEOUT_MS = 5000;
let serial = 0;

export interface TestNetwork {
  readonly node: string;
  readonly other: string;
  /** Adds a pod with this address; returns the name of its namespace. */
  addPod(ip: string): Promise<string>;
  /** Runs a tool in a namespace and returns what it prints. */
  exec(namespace: string, command: string, ...args: string[]): Promise<string>;
  close(): Promise<void>;
}

async function demandTools(): Promise<void> {
  if (process.getuid?.() !== 0) {
    throw new Error(
      'these tests make network namespaces: run them as root, e.g. sudo -E npm run test:integration',
    );
  }
  await ensurePrograms([programs.nft, programs.ip, programs.openssl], () => undefined);
}

export async function createNetwork(): Promise<TestNetwork> {
  await demandTools();
  const id = `na${process.pid}x${serial++}`;
  const [node, other] = [`${id}n`, `${id}o`];
  const namespaces: string[] = [];
  const exec: TestNetwork['exec'] = (namespace, command, ...args) =>
    run('ip', ['netns', 'exec', namespace, command, ...args], { timeoutMs: TIMEOUT_MS });
  const add = async (namespace: string): Promise<void> => {
    await run('ip', ['netns', 'add', namespace], { timeoutMs: TIMEOUT_MS });
    namespaces.push(namespace);
    await exec(namespace, 'ip', 'link', 'set', 'lo', 'up');
  };

  async function close(): Promise<void> {
    for (const namespace of namespaces) {
      await run('ip', ['netns', 'del', namespace], { timeoutMs: TIMEOUT_MS });
    }
  }

  try {
    await add(node);
    await add(other);
    await connectNodes({ node, other, exec });
  } catch (error) {
    await close();
    throw error;
  }
  let pods = 0;
  return {
    node,
    other,
    exec,
    close,
    addPod: async (ip) => {
      const pod = `${id}p${pods++}`;
      await add(pod);
      await connectPod({ node, pod, ip, exec, device: `veth${pods}` });
      return pod;
    },
  };
}

async function connectNodes({
  node,
  other,
  exec,
}: Pick<TestNetwork, 'node' | 'other' | 'exec'>): Promise<void> {
  await exec(node, 'ip', 'link', 'add', 'eth0', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', other);
  await exec(node, 'ip', 'addr', 'add', `${NODE.ip}/24`, 'dev', 'eth0');
  await exec(other, 'ip', 'addr', 'add', `${OTHER.ip}/24`, 'dev', 'eth0');
  await exec(other, 'ip', 'addr', 'add', `${OTHER.podIp}/32`, 'dev', 'lo');
  for (const one of [node, other]) await exec(one, 'ip', 'link', 'set', 'eth0', 'up');
  for (const one of [node, other]) await exec(one, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  // The default route leads to the other node, which plays the world outside as well.
  await exec(node, 'ip', 'route', 'add', 'default', 'via', OTHER.ip);
  await exec(other, 'ip', 'route', 'add', NODE.podCidr, 'via', NODE.ip);
}

interface PodLink extends Pick<TestNetwork, 'node' | 'exec'> {
  readonly pod: string;
  readonly ip: string;
  readonly device: string;
}

async function connectPod({ node, pod, ip, device, exec }: PodLink): Promise<void> {
  const gateway = '10.244.1.1';
  await exec(node, 'ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pod);
  await exec(node, 'ip', 'addr', 'add', `${gateway}/32`, 'dev', device);
  await exec(node, 'ip', 'link', 'set', device, 'up');
  await exec(node, 'ip', 'route', 'add', `${ip}/32`, 'dev', device);
  await exec(pod, 'ip', 'link', 'set', 'eth0', 'up');
  await exec(pod, 'ip', 'addr', 'add', `${ip}/32`, 'dev', 'eth0');
  await exec(pod, 'ip', 'route', 'add', gateway, 'dev', 'eth0', 'scope', 'link');
  await exec(pod, 'ip', 'route', 'add', 'default', 'via', gateway);
}

/** Starts one of this folder's programs in a namespace, connected by Node's IPC channel. */
export function startIn(namespace: string, program: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn('ip', ['netns', 'exec', namespace, process.execPath, program], {
    stdio: ['ignore', process.env['NODE_AGENT_LOG'] ? 'inherit' : 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, ...env },
  });
}

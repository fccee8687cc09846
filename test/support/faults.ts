// What tests break, as verbs. Every fault is undone by `restoreFaults`, which runs after every test whether it
// passed or not, so that the next one starts from a whole cluster.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { productName } from '../../k8s/lib/names.ts';
import { eventually } from './eventually.ts';
import { kubectl, namespace } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);

const CONTROL_PLANE = `${productName}-control-plane`;
const API_SERVER_MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const API_SERVER_ASIDE = '/etc/kubernetes/kube-apiserver.yaml.aside';
/** How kind's nodes reach each other. */
const NODE_INTERFACE = 'eth0';

/** What undoes each fault that is in force, by the fault's name. */
const undo = new Map<string, () => Promise<void>>();

/** Deletes a pod; `graceSeconds: 0` is the death of its node's power supply. Returns once the API accepted it. */
export async function deletePod(name: string, options: { graceSeconds?: number } = {}): Promise<void> {
  const { graceSeconds } = options;
  const flags = graceSeconds === undefined ? [] : [`--grace-period=${graceSeconds}`];
  if (graceSeconds === 0) flags.push('--force');
  await kubectl(['delete', 'pod', name, '--wait=false', ...flags]);
}

/** Stops a kind node with everything on it, as a zone that loses power. */
export async function stopNode(node: string): Promise<void> {
  undo.set(`stop ${node}`, () => startNode(node));
  await docker('stop', '--time', '0', node);
}

/** Starts a stopped node and waits until it is Ready. */
export async function startNode(node: string): Promise<void> {
  await docker('start', node);
  await untilNodeReady(node);
  undo.delete(`stop ${node}`);
}

/** Freezes every process of a kind node; its connections stay open and silent. */
export async function freezeNode(node: string): Promise<void> {
  undo.set(`freeze ${node}`, () => resumeNode(node));
  await docker('pause', node);
}

/** Lets a frozen node go on where it stood, and waits until it is Ready. */
export async function resumeNode(node: string): Promise<void> {
  await docker('unpause', node);
  await untilNodeReady(node);
  undo.delete(`freeze ${node}`);
}

/** Marks a node unschedulable until the test is over. */
export async function cordonNode(node: string): Promise<void> {
  undo.set(`cordon ${node}`, () => uncordonNode(node));
  await kubectl(['cordon', node]);
}

/** Takes a node off the network, both ways: everything on it runs on and reaches each other, and nobody else. */
export async function cutNode(node: string): Promise<void> {
  undo.set(`cut ${node}`, () => reconnectNode(node));
  await onCutRules(node, '-I');
}

/** Ends what cutNode did. Harmless on a node that is not cut. */
export async function reconnectNode(node: string): Promise<void> {
  await onCutRules(node, '-D');
  await untilNodeReady(node);
  undo.delete(`cut ${node}`);
}

/** By iptables: the nft of kind's nodes crashes on rules that a newer one made. Earlier than anything is translated. */
async function onCutRules(node: string, verb: '-I' | '-D'): Promise<void> {
  const rules = [
    `raw ${verb} PREROUTING -i ${NODE_INTERFACE}`,
    `mangle ${verb} POSTROUTING -o ${NODE_INTERFACE}`,
  ];
  const end = verb === '-D' ? ' 2>/dev/null || true' : '';
  const lines = rules.map((rule) => `iptables -w -t ${rule} -j DROP${end}`);
  await docker('exec', node, 'sh', '-ec', lines.join('\n'));
}

/** Stops the API server of the kind cluster until `startApiServer`. */
export async function stopApiServer(): Promise<void> {
  undo.set('API server', startApiServer);
  await docker('exec', CONTROL_PLANE, 'mv', API_SERVER_MANIFEST, API_SERVER_ASIDE);
  await eventually(
    async () => {
      const listens = await docker('exec', CONTROL_PLANE, 'sh', '-c', 'ss -ltn | grep :6443 || true');
      if (listens !== '') throw new Error('the API server still listens');
    },
    { withinMs: timeouts.apiServerMs, everyMs: 500 },
  );
}

export async function startApiServer(): Promise<void> {
  await docker('exec', CONTROL_PLANE, 'sh', '-c', `mv ${API_SERVER_ASIDE} ${API_SERVER_MANIFEST} || true`);
  await eventually(() => kubectl(['get', '--raw', '/readyz']), {
    withinMs: timeouts.apiServerMs,
    everyMs: 500,
  });
  undo.delete('API server');
}

/** Scales a Deployment to nothing until the test is over or the returned function is called. */
export async function scaleAway(deployment: string, inNamespace = namespace): Promise<() => Promise<void>> {
  const place = ['-n', inNamespace];
  const replicas = await kubectl([
    ...[...place, 'get', 'deployment', deployment],
    ...['-o', 'jsonpath={.spec.replicas}'],
  ]);
  const back = async (): Promise<void> => {
    await kubectl([...place, 'scale', 'deployment', deployment, `--replicas=${replicas}`]);
    undo.delete(`scale ${deployment}`);
  };
  undo.set(`scale ${deployment}`, back);
  await kubectl([...place, 'scale', 'deployment', deployment, '--replicas=0']);
  return back;
}

/** Empties a node as an administrator would before maintenance. It is schedulable again after the test. */
export async function drainNode(node: string): Promise<void> {
  undo.set(`cordon ${node}`, () => uncordonNode(node));
  const flags = ['--ignore-daemonsets', '--delete-emptydir-data', '--force'];
  await kubectl(['drain', node, ...flags], { timeoutMs: timeouts.drainMs });
}

export async function uncordonNode(node: string): Promise<void> {
  await kubectl(['uncordon', node]);
  undo.delete(`cordon ${node}`);
}

/** Registers what undoes a fault that a suite makes by itself. */
export function onRestore(name: string, restore: () => Promise<void>): () => Promise<void> {
  const once = async (): Promise<void> => {
    await restore();
    undo.delete(name);
  };
  undo.set(name, once);
  return once;
}

/** Mends what an earlier run left behind that was killed before it could: paused, stopped, cut and cordoned nodes. */
export async function mendCluster(): Promise<void> {
  const label = `label=io.x-k8s.kind.cluster=${productName}`;
  const list = await docker('ps', '-a', '--filter', label, '--format', '{{.Names}} {{.State}}');
  for (const line of list.split('\n').filter(Boolean)) {
    const [node = '', state = ''] = line.split(' ');
    if (state === 'paused') await docker('unpause', node);
    else if (state !== 'running') await docker('start', node);
    await onCutRules(node, '-D');
  }
  await startApiServer();
  await kubectl(['uncordon', '-l', 'topology.kubernetes.io/zone']);
}

/** Undoes what is still broken, latest first. Throws after trying all, naming what could not be undone. */
export async function restoreFaults(): Promise<void> {
  const failed: string[] = [];
  for (const [name, restore] of [...undo].reverse()) {
    await restore().catch((error: unknown) => failed.push(`${name}: ${String(error)}`));
    undo.delete(name);
  }
  if (failed.length > 0) throw new Error(`faults that could not be undone: ${failed.join('; ')}`);
}

async function untilNodeReady(node: string): Promise<void> {
  const path = '{.status.conditions[?(@.type=="Ready")].status}';
  await eventually(
    async () => {
      const status = await kubectl(['get', 'node', node, '-o', `jsonpath=${path}`]);
      if (status !== 'True') throw new Error(`node ${node} is not Ready: ${status}`);
    },
    { withinMs: timeouts.nodeReadyMs, everyMs: 500 },
  );
}

async function docker(...args: readonly string[]): Promise<string> {
  try {
    const { stdout } = await run('docker', [...args], { timeout: timeouts.dockerMs });
    return stdout.trim();
  } catch (cause) {
    const { stderr = '' } = cause as { stderr?: string };
    throw new Error(`docker ${args.join(' ')}: ${stderr.trim() || String(cause)}`, { cause });
  }
}

// kubectl with a deadline on every call, against the cluster that `make deploy` would use and no other. Throws with
// what kubectl said.
import type { V1Pod } from '@kubernetes/client-node';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { targetOf } from '../../k8s/deploy/target.ts';
import { PODS } from '../../operator/runtime/paths.ts';
import { productName } from '../../k8s/lib/names.ts';
import { selectorOf } from '../../k8s/lib/tiers.ts';
import type { Tier } from '../../k8s/lib/tiers.ts';
import { readItems } from './cluster-api.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);

export const namespace = productName;
const release = { name: productName, namespace, version: '' };
/** Zones of the kind cluster, one worker each. */
export const zones = ['zone-a', 'zone-b', 'zone-c'] as const;

export interface KubectlOptions {
  /** @default timeouts.kubectlMs */
  readonly timeoutMs?: number;
  /** What the command reads from standard input. */
  readonly input?: string;
}

/** Runs kubectl in the shop's namespace (`-n` in `args` wins) and returns what it wrote. */
export async function kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
  const { timeoutMs = timeouts.kubectlMs, input } = options;
  const { context, env } = targetOf(readSettings(process.env));
  const pending = run('kubectl', ['--context', context, '-n', namespace, ...args], {
    env: { ...process.env, ...env },
    timeout: timeoutMs,
    maxBuffer: 64 * 1024 * 1024,
  });
  pending.child.stdin?.end(input);
  try {
    return (await pending).stdout;
  } catch (cause) {
    throw new Error(`kubectl ${args.join(' ')}: ${reason(cause, timeoutMs)}`, { cause });
  }
}

/** `kubectl get … -o json`, parsed. The type is what the caller knows about the kind it asks for. */
export async function getJson<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await kubectl(['get', ...args, '-o', 'json'])) as T;
}

/** The items of a list: `getItems<V1Pod>('pods', '-l', 'a=b')`. */
export async function getItems<T>(...args: readonly string[]): Promise<T[]> {
  return (await getJson<{ items: T[] }>(...args)).items;
}

/** `-l` value that selects a tier's pods. */
export function selector(tier: Tier): string {
  return Object.entries(selectorOf(tier, release))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
}

/** A tier's pods that are not on their way out, sorted by name. */
export async function podsOf(tier: Tier): Promise<V1Pod[]> {
  const pods = await readItems<V1Pod>(PODS, selector(tier));
  return pods.filter(({ metadata, status }) => !metadata?.deletionTimestamp && status?.phase !== 'Failed');
}

/** It runs, and kubelet has not yet killed it: `deletionTimestamp` is the moment at which its grace is over. */
export function mayAnswer(pod: V1Pod): boolean {
  const leavesAt = pod.metadata?.deletionTimestamp;
  const isOver = leavesAt !== undefined && new Date(leavesAt).getTime() < Date.now();
  return !hasEnded(pod) && !isOver;
}

/** No container of it runs again: one that a node's restart ended stays in the list, and nothing cleans it up. */
function hasEnded({ status }: V1Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

export function isReady(pod: V1Pod): boolean {
  return (pod.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}

export function nameOf(object: { metadata?: { name?: string } }): string {
  return object.metadata?.name ?? '';
}

/** Zone of every node, by the node's name. */
export async function zoneOfNodes(): Promise<ReadonlyMap<string, string>> {
  const nodes = await getItems<{ metadata: { name: string; labels: Record<string, string> } }>('nodes');
  return new Map(
    nodes.map(({ metadata }) => [metadata.name, metadata.labels['topology.kubernetes.io/zone'] ?? '']),
  );
}

/** Runs a command in a pod's first container, or in the one named. */
export async function execIn(
  pod: string,
  command: readonly string[],
  options: KubectlOptions & { readonly container?: string; readonly namespace?: string } = {},
): Promise<string> {
  const container = options.container === undefined ? [] : ['-c', options.container];
  const stdin = options.input === undefined ? [] : ['-i'];
  const place = options.namespace === undefined ? [] : ['-n', options.namespace];
  return kubectl([...place, 'exec', ...stdin, pod, ...container, '--', ...command], options);
}

function reason(cause: unknown, timeoutMs: number): string {
  const { stderr = '', killed = false } = cause as { stderr?: string; killed?: boolean };
  if (killed) return `no answer after ${timeoutMs / 1000} s`;
  return stderr.trim() || String(cause);
}

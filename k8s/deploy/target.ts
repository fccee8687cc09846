// The cluster that is meant. Every call of kubectl and helm goes through here and names its context: the user's
// current one is never used by accident.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { productName } from '../lib/names.ts';
import { run } from '../lib/subprocess.ts';
import type { RunOptions } from '../lib/subprocess.ts';
import type { Settings } from './settings.ts';

export interface Target {
  readonly context: string;
  readonly namespace: string;
  readonly env: Readonly<Record<string, string>>;
  /** Our own kind cluster on this machine. */
  readonly isLocal: boolean;
}

const root = join(import.meta.dirname, '..', '..');
export const toolsFolder = join(root, '.cache', 'bin');

export function targetOf({ context, profile }: Settings): Target {
  const { namespace } = profile.release;
  const env = { PATH: `${process.env.PATH ?? ''}:${toolsFolder}` };
  if (context !== undefined) return { context, namespace, env, isLocal: false };
  const KUBECONFIG = join(root, '.cache', 'kubeconfig');
  return { context: `kind-${productName}`, namespace, env: { ...env, KUBECONFIG }, isLocal: true };
}

/** False when there is surely nothing: our cluster was never made. */
export function mayExist(target: Target): boolean {
  return !target.isLocal || existsSync(target.env.KUBECONFIG ?? '');
}

export async function kubectl(
  target: Target,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return run('kubectl', ['--context', target.context, ...args], { ...options, env: target.env });
}

export async function helm(
  target: Target,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const where = ['--kube-context', target.context, '--namespace', target.namespace];
  return run('helm', [...args, ...where], { ...options, env: target.env });
}

/** Objects as kubectl prints them; a missing kind or namespace is an empty list. */
export async function getList(target: Target, what: string, selector?: string): Promise<KubeObject[]> {
  const filter = selector === undefined ? [] : ['-l', selector];
  const args = [
    'get',
    what,
    '-n',
    target.namespace,
    '-o',
    'json',
    '--ignore-not-found',
    '--request-timeout=10s',
  ];
  const output = await kubectl(target, [...args, ...filter]);
  if (output === '') return [];
  return (JSON.parse(output) as { items: KubeObject[] }).items;
}

export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastUpdateTime?: string;
}

/** The few fields that are looked at here. */
export interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
    readonly creationTimestamp: string;
  };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>> & { readonly conditions?: readonly Condition[] };
}

export function condition(object: KubeObject | undefined, type: string): Condition | undefined {
  return object?.status?.conditions?.find((one) => one.type === type);
}

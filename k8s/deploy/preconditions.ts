// What must be there before a deployment touches anything. Each refusal is one line: what is wrong and what to do.
import { statfsSync } from 'node:fs';
import { zoneLabel } from '../lib/spread.ts';
import { run } from '../lib/subprocess.ts';
import { Refusal } from './settings.ts';
import type { Settings } from './settings.ts';
import { getList, kubectl } from './target.ts';
import type { KubeObject, Target } from './target.ts';

const gibibyte = 1024 ** 3;
/** Room for new images, on this machine and in three nodes; what a new cluster needs, k8s/kind/preflight.sh knows. */
const freeForImages = 3 * gibibyte;

/** Of a cluster that is there. Needs the engine to run. */
export async function checkRoomForImages(): Promise<void> {
  checkDisk(await run('docker', ['info', '--format', '{{.DockerRootDir}}']), freeForImages);
}

export function checkDisk(folder: string, neededBytes: number): void {
  const free = freeBytes(folder) ?? freeBytes('.');
  if (free === undefined || free >= neededBytes) return;
  const inGib = (bytes: number) => (bytes / gibibyte).toFixed(1);
  throw new Refusal(
    `too little disk: ${inGib(free)} GiB free at ${folder}, ${inGib(neededBytes)} needed: make room (docker system df)`,
  );
}

/** What a cloud's profile says of addresses, names and security groups is an example: pods would get no network by it. */
export function checkOwnValues({ profile, valuesFile }: Settings): void {
  if (profile.name === 'kind' || valuesFile !== undefined) return;
  const examples = `charts/myclothes/values-${profile.name}.yaml`;
  throw new Refusal(
    `PROFILE=${profile.name} needs VALUES=file with your host, subnets and security groups: those in ${examples} are examples`,
  );
}

/** A context that was named must exist and answer. */
export async function checkNamedContext(target: Target): Promise<void> {
  const contexts = (
    await run('kubectl', ['config', 'get-contexts', '-o', 'name'], { env: target.env })
  ).split('\n');
  if (!contexts.includes(target.context)) {
    throw new Refusal(
      `KUBE_CONTEXT=${target.context} is unknown: known are ${contexts.join(', ') || 'none'}`,
    );
  }
  try {
    await kubectl(target, ['get', '--raw', '/readyz', '--request-timeout=10s']);
  } catch (cause) {
    throw new Refusal(`the cluster of KUBE_CONTEXT=${target.context} does not answer within 10 s`, { cause });
  }
  checkZones(await getList(target, 'nodes'));
}

/** Stores must be spread over zones: on nodes that name none their pods would wait for ever, without a word. */
export function checkZones(nodes: readonly KubeObject[]): void {
  const isNamed = ({ metadata }: KubeObject): boolean => metadata.labels?.[zoneLabel] !== undefined;
  if (nodes.length === 0 || nodes.some(isNamed)) return;
  throw new Refusal(
    `no node has a zone, and the stores are spread by it: kubectl label node NAME ${zoneLabel}=ZONE, for each node`,
  );
}

export async function checkTool(name: string, how: string): Promise<void> {
  try {
    await run('sh', ['-c', `command -v ${name}`]);
  } catch (cause) {
    throw new Refusal(`${name} is missing: ${how}`, { cause });
  }
}

/** Undefined where the folder cannot be seen: the engine may run in a virtual machine. */
function freeBytes(folder: string): number | undefined {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return undefined;
  }
}

// A new image for Postgres without building one: the same bytes under another tag on every worker. To the operator and
// the kubelet it is an update like any other.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { onRestore } from './faults.ts';
import { eventually } from './eventually.ts';
import { getItems, getJson, isReady, kubectl, nameOf, podsOf } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

const run = promisify(execFile);
const suffix = '-again';

/** Gives the StatefulSet the image under its other name and waits until every member runs it. */
export async function rollPostgresImage(): Promise<void> {
  const image = await currentImage();
  const other = image.endsWith(suffix) ? image.slice(0, -suffix.length) : `${image}${suffix}`;
  const workers = await getItems<{ metadata: { name: string } }>(
    'nodes',
    '-l',
    'topology.kubernetes.io/zone',
  );
  for (const worker of workers) await tag(nameOf(worker), image, other);
  // A deployment must find the name it gave; only an even number of rolls ends there by itself.
  if (other.endsWith(suffix)) onRestore('image of pg', () => setImageEverywhere(image));
  await setImageEverywhere(other);
}

async function currentImage(): Promise<string> {
  const { spec } = await getJson<V1StatefulSet>('statefulset', 'pg');
  return spec?.template.spec?.containers[0]?.image ?? '';
}

/** Waits to the end: what comes next would begin among members that are still being replaced. */
async function setImageEverywhere(image: string): Promise<void> {
  await kubectl(['set', 'image', 'statefulset/pg', `postgres=${image}`]);
  await eventually(() => everyMemberRuns(image), { withinMs: timeouts.rolloutMs, everyMs: 500 });
}

async function tag(node: string, image: string, other: string): Promise<void> {
  const full = (name: string): string => (name.startsWith('docker.io/') ? name : `docker.io/${name}`);
  const args = ['exec', node, 'ctr', '-n', 'k8s.io', 'images', 'tag', '--force', full(image), full(other)];
  await run('docker', args, { timeout: timeouts.dockerMs });
}

async function everyMemberRuns(image: string): Promise<void> {
  const pods: readonly V1Pod[] = await podsOf('pg');
  const late = pods.filter((pod) => pod.spec?.containers[0]?.image !== image || !isReady(pod));
  if (pods.length < 3 || late.length > 0) {
    throw new Error(`${image} does not run yet on ${late.map(nameOf).join(', ')}`);
  }
}

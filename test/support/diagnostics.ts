// What somebody needs to understand a failed end-to-end test without the cluster at hand: objects, events and logs
// of all tiers, as files under test/artifacts/. Never throws: a diagnosis must not hide the failure it is for.
import type { V1Pod } from '@kubernetes/client-node';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getItems, kubectl, nameOf } from './kubectl.ts';

const logLines = 400;
const callMs = 10_000;

const questions: readonly (readonly [string, readonly string[]])[] = [
  ['nodes.txt', ['get', 'nodes', '-o', 'wide', '-L', 'topology.kubernetes.io/zone']],
  ['pods.txt', ['get', 'pods', '-A', '-o', 'wide']],
  ['pods-described.txt', ['describe', 'pods']],
  ['events.txt', ['get', 'events', '-A', '--sort-by=.lastTimestamp']],
  ['objects.txt', ['get', 'deployments,statefulsets,jobs,hpa,pdb,pvc,svc,ingress,leases', '-o', 'wide']],
  ['endpointslices.yaml', ['get', 'endpointslices', '-o', 'yaml']],
  ['custom-resources.yaml', ['get', 'pgset,redset', '-o', 'yaml']],
];

/** Writes everything about the shop's namespace into `folder`, one file per question and per container's log. */
export async function collectDiagnostics(folder: string): Promise<void> {
  await mkdir(join(folder, 'logs'), { recursive: true });
  const write = (file: string, text: string): Promise<void> => writeFile(join(folder, file), text);
  await Promise.all(questions.map(async ([file, args]) => write(file, await ask(args))));
  const pods = await getItems<V1Pod>('pods').catch(() => []);
  for (const pod of pods) {
    const name = nameOf(pod);
    await write(`logs/${name}.log`, await ask(['logs', name, '--all-containers', `--tail=${logLines}`]));
    const restarted = (pod.status?.containerStatuses ?? []).some(({ restartCount }) => restartCount > 0);
    if (!restarted) continue;
    const flags = ['--all-containers', '--previous', `--tail=${logLines}`];
    await write(`logs/${name}.previous.log`, await ask(['logs', name, ...flags]));
  }
}

/** A folder name for a test: its sentence, without what file systems dislike. */
export function folderFor(titles: readonly string[]): string {
  const [suite = 'suite', ...rest] = titles.map((title) =>
    title
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '')
      .slice(0, 80),
  );
  return join('test/artifacts', suite, rest.join('-') || 'suite');
}

async function ask(args: readonly string[]): Promise<string> {
  return kubectl(args, { timeoutMs: callMs }).catch((error: unknown) => `${String(error)}\n`);
}

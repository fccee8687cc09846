// Renders the committed chart with the real helm. The Kubernetes version is given, because a helm without a cluster
// only guesses one.
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { run } from '../../k8s/lib/subprocess.ts';
import type { Json } from '../../k8s/helm/place.ts';

export const chartFolder = join(import.meta.dirname, '..', '..', 'charts', 'myclothes');
const cache = join(import.meta.dirname, '..', '..', '.cache', 'bin');

export interface KubeJson {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Record<string, string>;
  };
  readonly [key: string]: unknown;
}

/** Throws with helm's own words when it refuses the values. */
export async function helmTemplate(...args: string[]): Promise<KubeJson[]> {
  const fixed = ['--namespace', 'myclothes', '--kube-version', '1.34.0', '--skip-tests'];
  const output = await run('helm', ['template', 'myclothes', chartFolder, ...fixed, ...args], {
    env: { PATH: `${process.env.PATH ?? ''}:${cache}` },
  });
  return parseAllDocuments(output)
    .map((document) => document.toJS() as KubeJson | null)
    .filter((object) => object !== null);
}

/** As helm reads it, without its splitting of strings at commas. */
export async function helmTemplateWith(key: string, value: Json): Promise<KubeJson[]> {
  return helmTemplate('--set-json', `${key}=${JSON.stringify(value)}`);
}

export function idOf({ kind, metadata }: KubeJson): string {
  return `${kind}/${metadata.name}`;
}

/** Sorted by kind and name: Helm has an order of its own. */
export function byId(objects: readonly KubeJson[]): Record<string, KubeJson> {
  const entries = objects.map((object): [string, KubeJson] => [idOf(object), object]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

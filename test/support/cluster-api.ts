// Reads of the cluster's objects over one kept connection. A kubectl costs a tenth of a second of CPU time, and suites
// that wait ask several times a second, on the very cores whose failover they time.
import { KubeConfig } from '@kubernetes/client-node';
import { readSettings } from '../../k8s/deploy/settings.ts';
import { targetOf } from '../../k8s/deploy/target.ts';
import { productName } from '../../k8s/lib/names.ts';
import { ApiError, connectApi } from '../../operator/runtime/api.ts';
import type { Api } from '../../operator/runtime/api.ts';
import { collectionPath, objectPath } from '../../operator/runtime/paths.ts';
import type { Resource } from '../../operator/runtime/paths.ts';
import { timeouts } from './timeouts.ts';

let api: Api | undefined;

/** One object in the shop's namespace. Throws ApiError when it is not there. */
export function readObject<T>(resource: Resource, name: string): Promise<T> {
  return again(() => readPath<T>(objectPath(resource, productName, name)));
}

/** The objects of a kind in the shop's namespace that have these labels, sorted by name. */
export async function readItems<T extends { metadata?: { name?: string } }>(
  resource: Resource,
  labelSelector: string,
): Promise<readonly T[]> {
  const path = collectionPath(resource, productName);
  const { items } = await again(() => readPath<{ items: T[] }>(path, { labelSelector }));
  const nameOf = ({ metadata }: T): string => metadata?.name ?? '';
  return items.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
}

/** What the API server answers to a GET, also one that it forwards to a pod. */
export function readPath<T>(
  path: string,
  query: Readonly<Record<string, string>> = {},
  deadlineMs: number = timeouts.kubectlMs,
): Promise<T> {
  api ??= connect();
  return api.request<T>('GET', path, { query, deadlineMs });
}

/** The server may have closed the kept connection just now: a new one tells whether it answers. */
async function again<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 0) throw error;
    return read();
  }
}

function connect(): Api {
  const { context, env } = targetOf(readSettings(process.env));
  const config = new KubeConfig();
  if (env.KUBECONFIG === undefined) config.loadFromDefault();
  else config.loadFromFile(env.KUBECONFIG);
  config.setCurrentContext(context);
  return connectApi(config);
}

// Writes to the cluster. Server-side apply for objects this operator owns whole; merge patch for single fields;
// replace for conditional updates, where a lost race must be noticed (409) and never overwritten.
import type { Api, KubeObject } from './api.ts';
import { objectPath } from './paths.ts';
import type { Resource } from './paths.ts';

export const FIELD_MANAGER = 'quorum-operator';

interface Written extends KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: KubeObject['metadata'] & { readonly namespace: string };
}

/** Server-side apply, forced: the object is ours. Idempotent. */
export function apply<T extends Written>(api: Api, resource: Resource, object: T): Promise<T> {
  const path = objectPath(resource, object.metadata.namespace, object.metadata.name);
  return api.request<T>('PATCH', path, {
    query: { fieldManager: FIELD_MANAGER, force: 'true' },
    contentType: 'application/apply-patch+yaml',
    body: object,
  });
}

/** Merge patch. Put `metadata.resourceVersion` into it to make it conditional. */
export function mergePatch<T>(api: Api, path: string, body: object): Promise<T> {
  return api.request<T>('PATCH', path, {
    query: { fieldManager: FIELD_MANAGER },
    contentType: 'application/merge-patch+json',
    body,
  });
}

/**
 * Merge patch of the status subresource, valid only while the object still has `resourceVersion`: the ballot
 * register of a failover. Throws ApiError 409 when somebody wrote in between.
 */
export function patchStatusIfUnchanged<T>(
  api: Api,
  path: string,
  resourceVersion: string,
  status: object,
): Promise<T> {
  return mergePatch<T>(api, `${path}/status`, { metadata: { resourceVersion }, status });
}

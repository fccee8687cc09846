// Where objects live in the Kubernetes API. One place, so that fakes and the real server agree on names.
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

export const PODS: Resource = { group: '', version: 'v1', plural: 'pods' };
export const SECRETS: Resource = { group: '', version: 'v1', plural: 'secrets' };
export const CLAIMS: Resource = { group: '', version: 'v1', plural: 'persistentvolumeclaims' };
export const SERVICES: Resource = { group: '', version: 'v1', plural: 'services' };
export const EVENTS: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
export const LEASES: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
export const ENDPOINT_SLICES: Resource = {
  group: 'discovery.k8s.io',
  version: 'v1',
  plural: 'endpointslices',
};
export const STATEFUL_SETS: Resource = { group: 'apps', version: 'v1', plural: 'statefulsets' };

export function collectionPath(resource: Resource, namespace: string): string {
  const root =
    resource.group === '' ? `/api/${resource.version}` : `/apis/${resource.group}/${resource.version}`;
  return `${root}/namespaces/${namespace}/${resource.plural}`;
}

export function objectPath(resource: Resource, namespace: string, name: string): string {
  return `${collectionPath(resource, namespace)}/${name}`;
}

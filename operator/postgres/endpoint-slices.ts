// Writes the EndpointSlices of the selectorless Services. The address and who it belongs to change in one write.
import type { Api, KubeObject } from '../runtime/api.ts';
import { apply } from '../runtime/apply.ts';
import { ENDPOINT_SLICES } from '../runtime/paths.ts';

export interface Endpoint {
  readonly member: string;
  readonly address: string;
  readonly podUid: string;
  readonly nodeName: string;
}

export interface SliceOptions {
  readonly api: Api;
  readonly namespace: string;
  readonly service: string;
  readonly owner: KubeObject;
  readonly endpoints: readonly Endpoint[];
}

export const POSTGRES_PORT = 5432;

/** Throws ApiError. Idempotent. */
export async function writeSlice({ api, namespace, service, owner, endpoints }: SliceOptions): Promise<void> {
  await apply(api, ENDPOINT_SLICES, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: service,
      namespace,
      labels: {
        'kubernetes.io/service-name': service,
        'endpointslice.kubernetes.io/managed-by': 'quorum.dev-operator',
      },
      ownerReferences: [
        {
          apiVersion: owner.apiVersion,
          kind: owner.kind,
          name: owner.metadata.name,
          uid: owner.metadata.uid,
        },
      ],
    },
    addressType: 'IPv4',
    endpoints: endpoints.map(({ member, address, podUid, nodeName }) => ({
      addresses: [address],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName,
      targetRef: { kind: 'Pod', name: member, namespace, uid: podUid },
    })),
    ports: [{ name: 'postgres', port: POSTGRES_PORT, protocol: 'TCP' }],
  });
}

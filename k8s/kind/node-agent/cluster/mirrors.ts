// The kinds of objects the agent follows, all that its account may read.
import type { ApiClient } from '../api/client.ts';
import { createMirror, type Mirror, type MirrorDeps, type Resource } from '../api/mirror.ts';
import type { NamespaceRecord, NodeRecord, PodRecord, PolicyRecord, ServiceRangeRecord } from './objects.ts';
import { parseNamespace, parseNode, parsePod, parsePolicy, parseServiceRange } from './parse.ts';

/** Everything that rules and routes are made from, at one moment. */
export interface ClusterView {
  readonly nodes: ReadonlyMap<string, NodeRecord>;
  readonly pods: ReadonlyMap<string, PodRecord>;
  readonly namespaces: ReadonlyMap<string, NamespaceRecord>;
  readonly policies: ReadonlyMap<string, PolicyRecord>;
  readonly serviceRanges: ReadonlyMap<string, ServiceRangeRecord>;
}

export interface Mirrors {
  /** Undefined until every kind has been listed once: half a picture would open what the other half closes. */
  view(): ClusterView | undefined;
  run(signal: AbortSignal): Promise<void>;
}

const byName = ({ name }: { readonly name: string }): string => name;
const byNamespace = (record: { readonly namespace: string; readonly name: string }): string =>
  `${record.namespace}/${record.name}`;

const NODES: Resource<NodeRecord> = { name: 'nodes', path: '/api/v1/nodes', key: byName, parse: parseNode };
const PODS: Resource<PodRecord> = { name: 'pods', path: '/api/v1/pods', key: byNamespace, parse: parsePod };
const NAMESPACES: Resource<NamespaceRecord> = {
  name: 'namespaces',
  path: '/api/v1/namespaces',
  key: byName,
  parse: parseNamespace,
};
const POLICIES: Resource<PolicyRecord> = {
  name: 'networkpolicies',
  path: '/apis/networking.k8s.io/v1/networkpolicies',
  key: byNamespace,
  parse: parsePolicy,
};
const SERVICE_RANGES: Resource<ServiceRangeRecord> = {
  name: 'servicecidrs',
  path: '/apis/networking.k8s.io/v1/servicecidrs',
  // Since Kubernetes 1.33.
  optional: true,
  key: byName,
  parse: parseServiceRange,
};

export function createMirrors(client: ApiClient, deps: Omit<MirrorDeps, 'client'>): Mirrors {
  const mirror = <Record>(resource: Resource<Record>): Mirror<Record> =>
    createMirror(resource, { client, ...deps });
  const all = {
    nodes: mirror(NODES),
    pods: mirror(PODS),
    namespaces: mirror(NAMESPACES),
    policies: mirror(POLICIES),
    serviceRanges: mirror(SERVICE_RANGES),
  };

  function view(): ClusterView | undefined {
    const nodes = all.nodes.records();
    const pods = all.pods.records();
    const namespaces = all.namespaces.records();
    const policies = all.policies.records();
    const serviceRanges = all.serviceRanges.records();
    if (!nodes || !pods || !namespaces || !policies || !serviceRanges) return undefined;
    return { nodes, pods, namespaces, policies, serviceRanges };
  }

  async function run(signal: AbortSignal): Promise<void> {
    await Promise.all(Object.values(all).map((one) => one.run(signal)));
  }

  return { view, run };
}

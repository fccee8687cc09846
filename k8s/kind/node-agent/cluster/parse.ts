// From the API server's JSON to the agent's records.
import type {
  NamedPort,
  NamespaceRecord,
  NodeRecord,
  Peer,
  PodRecord,
  PolicyPort,
  PolicyRecord,
  PolicyRule,
  Protocol,
  Selector,
  ServiceRangeRecord,
} from './objects.ts';
import type {
  WireNamespace,
  WireNode,
  WirePeer,
  WirePod,
  WirePolicy,
  WirePolicyPort,
  WireSelector,
  WireServiceCidr,
} from './wire.ts';

export function parseNode({ metadata, spec, status }: WireNode): NodeRecord {
  const internal = (status?.addresses ?? []).filter(({ type }) => type === 'InternalIP');
  return {
    name: metadata.name,
    podCidr: spec?.podCIDRs?.find(isIpv4) ?? spec?.podCIDR,
    internalIp: internal.map(({ address }) => address).find(isIpv4),
  };
}

export function parsePod({ metadata, spec, status }: WirePod): PodRecord {
  return {
    uid: metadata.uid,
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    ip: (status.podIPs ?? []).map(({ ip }) => ip).find(isIpv4),
    hostNetwork: spec.hostNetwork === true,
    finished: status.phase === 'Succeeded' || status.phase === 'Failed',
    namedPorts: namedPorts(spec),
  };
}

function namedPorts({ containers, initContainers = [] }: WirePod['spec']): NamedPort[] {
  const sidecars = initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always');
  const ports = [...containers, ...sidecars].flatMap((container) => container.ports ?? []);
  return ports.flatMap(({ name, protocol, containerPort }) =>
    name ? [{ name, protocol: protocolOf(protocol), port: containerPort }] : [],
  );
}

export function parseNamespace({ metadata }: WireNamespace): NamespaceRecord {
  return { name: metadata.name, labels: metadata.labels ?? {} };
}

export function parseServiceRange({ metadata, spec }: WireServiceCidr): ServiceRangeRecord {
  return { name: metadata.name, cidrs: (spec.cidrs ?? []).filter(isIpv4) };
}

export function parsePolicy({ metadata, spec }: WirePolicy): PolicyRecord {
  const { ingress = [], egress = [] } = spec;
  // The API's defaulting: without policyTypes a policy isolates ingress, and egress too if it has rules for it.
  const types = spec.policyTypes ?? (spec.egress ? ['Ingress', 'Egress'] : ['Ingress']);
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    podSelector: parseSelector(spec.podSelector ?? {}),
    ingress: types.includes('Ingress') ? ingress.map(({ from, ports }) => parseRule(from, ports)) : undefined,
    egress: types.includes('Egress') ? egress.map(({ to, ports }) => parseRule(to, ports)) : undefined,
  };
}

function parseRule(peers: WirePeer[] = [], ports: WirePolicyPort[] = []): PolicyRule {
  return { peers: peers.map(parsePeer), ports: ports.map(parsePort) };
}

function parsePeer({ podSelector, namespaceSelector, ipBlock }: WirePeer): Peer {
  return {
    podSelector: podSelector && parseSelector(podSelector),
    namespaceSelector: namespaceSelector && parseSelector(namespaceSelector),
    ipBlock: ipBlock && { cidr: ipBlock.cidr, except: ipBlock.except ?? [] },
  };
}

function parsePort({ protocol, port, endPort }: WirePolicyPort): PolicyPort {
  return { protocol: protocolOf(protocol), port, endPort };
}

function parseSelector({ matchLabels = {}, matchExpressions = [] }: WireSelector): Selector {
  const requirements = matchExpressions.map(({ key, operator, values = [] }) => ({ key, operator, values }));
  return { matchLabels, requirements };
}

function protocolOf(protocol: string | undefined): Protocol {
  return protocol === 'UDP' || protocol === 'SCTP' ? protocol : 'TCP';
}

function isIpv4(address: string): boolean {
  return !address.includes(':');
}

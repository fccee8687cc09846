// The few fields the agent keeps of each Kubernetes object. Everything else is dropped as soon as it is parsed:
// whole pods of a busy cluster would be the larger part of the agent's memory.

export type Labels = Readonly<Record<string, string>>;
export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface NodeRecord {
  readonly name: string;
  readonly podCidr: string | undefined;
  readonly internalIp: string | undefined;
}

export interface NamedPort {
  readonly name: string;
  readonly protocol: Protocol;
  readonly port: number;
}

export interface PodRecord {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: Labels;
  readonly ip: string | undefined;
  readonly hostNetwork: boolean;
  /** Succeeded or Failed: its address is given back and may already be another pod's. */
  readonly finished: boolean;
  readonly namedPorts: readonly NamedPort[];
}

export interface NamespaceRecord {
  readonly name: string;
  readonly labels: Labels;
}

export interface ServiceRangeRecord {
  readonly name: string;
  readonly cidrs: readonly string[];
}

export interface Requirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

export interface Selector {
  readonly matchLabels: Labels;
  readonly requirements: readonly Requirement[];
}

export interface Peer {
  readonly podSelector: Selector | undefined;
  readonly namespaceSelector: Selector | undefined;
  readonly ipBlock: { readonly cidr: string; readonly except: readonly string[] } | undefined;
}

export interface PolicyPort {
  readonly protocol: Protocol;
  /** A number, a container port's name, or undefined for every port of the protocol. */
  readonly port: number | string | undefined;
  readonly endPort: number | undefined;
}

/** No peers means every peer, no ports means every port and protocol, as in the API. */
export interface PolicyRule {
  readonly peers: readonly Peer[];
  readonly ports: readonly PolicyPort[];
}

export interface PolicyRecord {
  readonly namespace: string;
  readonly name: string;
  readonly podSelector: Selector;
  /** Undefined: this policy does not isolate in that direction. An empty list: it allows nothing. */
  readonly ingress: readonly PolicyRule[] | undefined;
  readonly egress: readonly PolicyRule[] | undefined;
}

// The parts of the API's JSON that the agent reads, as the API sends them. (client-node's classes name some fields
// differently, such as `from`.) What the API server always sets is not optional here.
export interface WireMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface WireNode {
  readonly metadata: WireMetadata;
  readonly spec?: { readonly podCIDR?: string; readonly podCIDRs?: readonly string[] };
  readonly status?: { readonly addresses?: readonly { readonly type: string; readonly address: string }[] };
}

export interface WireContainer {
  readonly ports?: readonly {
    readonly name?: string;
    readonly protocol?: string;
    readonly containerPort: number;
  }[];
  readonly restartPolicy?: string;
}

export interface WirePod {
  readonly metadata: WireMetadata;
  readonly spec: {
    readonly hostNetwork?: boolean;
    readonly containers: readonly WireContainer[];
    readonly initContainers?: readonly WireContainer[];
  };
  readonly status: {
    readonly phase?: string;
    readonly podIPs?: readonly { readonly ip: string }[];
  };
}

export interface WireNamespace {
  readonly metadata: WireMetadata;
}

export interface WireServiceCidr {
  readonly metadata: WireMetadata;
  readonly spec: { readonly cidrs?: readonly string[] };
}

export interface WireSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

export interface WirePeer {
  readonly podSelector?: WireSelector;
  readonly namespaceSelector?: WireSelector;
  readonly ipBlock?: { readonly cidr: string; readonly except?: readonly string[] };
}

export interface WirePolicyPort {
  readonly protocol?: string;
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface WirePolicy {
  readonly metadata: WireMetadata;
  readonly spec: {
    readonly podSelector?: WireSelector;
    readonly policyTypes?: readonly string[];
    readonly ingress?: readonly { readonly from?: WirePeer[]; readonly ports?: WirePolicyPort[] }[];
    readonly egress?: readonly { readonly to?: WirePeer[]; readonly ports?: WirePolicyPort[] }[];
  };
}

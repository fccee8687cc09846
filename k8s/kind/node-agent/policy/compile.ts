// From the cluster's policies to the rules of one node: pure, and a function of nothing but its input. Each local pod
// that a policy isolates gets a chain of allowances; pods with equal allowances share one chain, so the
// number of rules follows the number of policies, not of pods.
import type {
  Labels,
  NamedPort,
  PodRecord,
  PolicyPort,
  PolicyRecord,
  PolicyRule,
} from '../cluster/objects.ts';
import { cidrContains, type Cidr } from './ipv4.ts';
import { peerAddresses } from './peers.ts';
import { contains, rangeSet, type Range, type RangeSet } from './ranges.ts';
import type { Allowance, Direction, PolicyChain, Ruleset } from './ruleset.ts';
import { selects } from './selectors.ts';

/** A pod with an address of its own, which it may be using at this moment. */
export type AddressedPod = Pick<PodRecord, 'namespace' | 'name' | 'labels' | 'namedPorts'> & {
  readonly address: number;
};

export interface PolicyInput {
  readonly localRange: Cidr;
  /** Of the whole cluster, at most one per address; without pods in the host's network. */
  readonly pods: readonly AddressedPod[];
  readonly namespaces: ReadonlyMap<string, Labels>;
  readonly policies: readonly PolicyRecord[];
}

interface Chains {
  readonly byContent: Map<string, PolicyChain>;
  readonly ingress: Map<number, string>;
  readonly egress: Map<number, string>;
}

export function compile(unsorted: PolicyInput): Ruleset {
  const input = sorted(unsorted);
  const local = input.pods.filter(({ address }) => cidrContains(input.localRange, address));
  const chains: Chains = { byContent: new Map(), ingress: new Map(), egress: new Map() };
  // A rule's peers do not depend on the pod it protects: found once, not once per pod.
  const peersOf = memoize((rule: PolicyRule, namespace: string) =>
    peerAddresses(rule.peers, namespace, input),
  );
  for (const direction of ['ingress', 'egress'] as const) {
    for (const pod of local) isolate(pod, direction, { input, chains, peersOf });
  }
  return {
    localRange: input.localRange,
    known: local.map(({ address }) => address),
    chains: [...chains.byContent.values()],
    ingress: chains.ingress,
    egress: chains.egress,
  };
}

/** The order of lists means nothing; made the same, the same cluster gives the same text, which is not sent twice. */
function sorted(input: PolicyInput): PolicyInput {
  const fullName = ({ namespace, name }: PolicyRecord): string => `${namespace}/${name}`;
  return {
    ...input,
    pods: input.pods.toSorted((a, b) => a.address - b.address),
    policies: input.policies.toSorted((a, b) => (fullName(a) < fullName(b) ? -1 : 1)),
  };
}

interface Context {
  readonly input: PolicyInput;
  readonly chains: Chains;
  readonly peersOf: (rule: PolicyRule, namespace: string) => RangeSet | undefined;
}

function isolate(pod: AddressedPod, direction: Direction, { input, chains, peersOf }: Context): void {
  const applying = input.policies.filter(
    (policy) =>
      policy[direction] !== undefined &&
      policy.namespace === pod.namespace &&
      selects(policy.podSelector, pod.labels),
  );
  if (applying.length === 0) return;
  const allowances = applying.flatMap((policy) =>
    (policy[direction] ?? []).flatMap((rule) => {
      const peers = peersOf(rule, policy.namespace);
      if (peers?.length === 0) return [];
      const ports = portsOf(rule.ports, { direction, pod, peers, pods: input.pods });
      return ports.map((part) => ({ peers, ...part, policy: `${policy.namespace}/${policy.name}` }));
    }),
  );
  const content = `${direction} ${JSON.stringify(allowances)}`;
  const name = `${direction}_${chains.byContent.size}`;
  const chain = chains.byContent.get(content) ?? { name, direction, allowances };
  chains.byContent.set(content, chain);
  chains[direction].set(pod.address, chain.name);
}

interface PortContext {
  readonly direction: Direction;
  readonly pod: AddressedPod;
  readonly peers: RangeSet | undefined;
  readonly pods: readonly AddressedPod[];
}

type PortPart = Pick<Allowance, 'protocol' | 'ports'> & { readonly peers?: RangeSet };

function portsOf(ports: readonly PolicyPort[], context: PortContext): PortPart[] {
  if (ports.length === 0) return [{ protocol: undefined, ports: undefined }];
  return ports.flatMap((port) => {
    if (typeof port.port === 'string') return namedPort(port.port, port, context);
    if (port.port === undefined) return [{ protocol: port.protocol, ports: undefined }];
    const range = { first: port.port, last: port.endPort ?? port.port };
    return [{ protocol: port.protocol, ports: rangeSet([range]) }];
  });
}

/** A name means the serving pod's own port: the protected pod for ingress, each peer for egress. */
function namedPort(name: string, { protocol }: PolicyPort, context: PortContext): PortPart[] {
  const { direction, pod, peers, pods } = context;
  const matches = (port: NamedPort): boolean => port.name === name && port.protocol === protocol;
  if (direction === 'ingress') {
    const found = pod.namedPorts.find(matches);
    return found ? [{ protocol, ports: rangeSet([{ first: found.port, last: found.port }]) }] : [];
  }
  const byPort = new Map<number, Range[]>();
  for (const peer of pods) {
    const found = peer.namedPorts.find(matches);
    if (!found || (peers && !contains(peers, peer.address))) continue;
    const addresses = byPort.get(found.port) ?? [];
    addresses.push({ first: peer.address, last: peer.address });
    byPort.set(found.port, addresses);
  }
  return [...byPort].map(([port, addresses]) => ({
    protocol,
    ports: rangeSet([{ first: port, last: port }]),
    peers: rangeSet(addresses),
  }));
}

function memoize<Result>(compute: (rule: PolicyRule, namespace: string) => Result) {
  const results = new Map<PolicyRule, Result>();
  return (rule: PolicyRule, namespace: string): Result => {
    const known = results.get(rule);
    if (known !== undefined) return known;
    const result = compute(rule, namespace);
    results.set(rule, result);
    return result;
  };
}

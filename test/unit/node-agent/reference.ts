// NetworkPolicy as its documentation states it, one connection at a time, without sets, chains or sharing: slow, obvious,
// and independent of the compiler it is compared with.
import type {
  Labels,
  Peer,
  PolicyPort,
  PolicyRecord,
  PolicyRule,
  Protocol,
  Selector,
} from '../../../k8s/kind/node-agent/cluster/objects.ts';
import type { AddressedPod, PolicyInput } from '../../../k8s/kind/node-agent/policy/compile.ts';

export interface Connection {
  readonly from: number;
  readonly to: number;
  readonly protocol: Protocol;
  readonly port: number;
}

/** Whether the node whose pods are `localRange` lets this connection pass. */
export function allowed(state: PolicyInput, connection: Connection): boolean {
  const { from, to } = connection;
  const source = state.pods.find(({ address }) => address === from);
  const target = state.pods.find(({ address }) => address === to);
  const isLocal = (address: number): boolean =>
    address >= state.localRange.first && address <= state.localRange.last;
  if ((isLocal(from) && !source) || (isLocal(to) && !target)) return false;
  if (from === to) return true;
  // Each node answers for its own pods only.
  const leaves = !isLocal(from) || permits(state, 'egress', source, connection);
  const arrives = !isLocal(to) || permits(state, 'ingress', target, connection);
  return leaves && arrives;
}

function permits(
  state: PolicyInput,
  direction: 'ingress' | 'egress',
  pod: AddressedPod | undefined,
  connection: Connection,
): boolean {
  if (!pod) return true;
  const policies = state.policies.filter(
    (policy) =>
      policy.namespace === pod.namespace && policy[direction] && matches(policy.podSelector, pod.labels),
  );
  if (policies.length === 0) return true;
  return policies.some((policy) =>
    policy[direction]?.some((rule) => rulePermits(state, { policy, rule, direction }, connection)),
  );
}

interface Context {
  readonly policy: PolicyRecord;
  readonly rule: PolicyRule;
  readonly direction: 'ingress' | 'egress';
}

function rulePermits(
  state: PolicyInput,
  { policy, rule, direction }: Context,
  connection: Connection,
): boolean {
  const other = direction === 'ingress' ? connection.from : connection.to;
  const peerFits =
    rule.peers.length === 0 || rule.peers.some((peer) => peerIs(state, { peer, policy, address: other }));
  const server = state.pods.find(({ address }) => address === connection.to);
  const portFits = rule.ports.length === 0 || rule.ports.some((port) => portIs(port, server, connection));
  return peerFits && portFits;
}

function peerIs(
  state: PolicyInput,
  { peer, policy, address }: { peer: Peer; policy: PolicyRecord; address: number },
): boolean {
  if (peer.ipBlock) {
    return inBlock(peer.ipBlock.cidr, address) && !peer.ipBlock.except.some((cidr) => inBlock(cidr, address));
  }
  const pod = state.pods.find((one) => one.address === address);
  if (!pod || (!peer.podSelector && !peer.namespaceSelector)) return false;
  const inNamespace = peer.namespaceSelector
    ? matches(peer.namespaceSelector, state.namespaces.get(pod.namespace) ?? {})
    : pod.namespace === policy.namespace;
  return inNamespace && (!peer.podSelector || matches(peer.podSelector, pod.labels));
}

function portIs(port: PolicyPort, server: AddressedPod | undefined, connection: Connection): boolean {
  if (port.protocol !== connection.protocol) return false;
  if (port.port === undefined) return true;
  if (typeof port.port === 'number') {
    return connection.port >= port.port && connection.port <= (port.endPort ?? port.port);
  }
  const named = server?.namedPorts.find(
    ({ name, protocol }) => name === port.port && protocol === port.protocol,
  );
  return named?.port === connection.port;
}

function inBlock(cidr: string, address: number): boolean {
  const [network = '', length = ''] = cidr.split('/');
  const bits = (value: number): string => value.toString(2).padStart(32, '0').slice(0, Number(length));
  const value = network.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return bits(value) === bits(address);
}

function matches({ matchLabels, requirements }: Selector, labels: Labels): boolean {
  const verdicts = requirements.map(({ key, operator, values }) => {
    const value = labels[key];
    if (operator === 'Exists') return value !== undefined;
    if (operator === 'DoesNotExist') return value === undefined;
    const listed = value !== undefined && values.includes(value);
    return operator === 'In' ? listed : !listed;
  });
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && verdicts.every(Boolean)
  );
}

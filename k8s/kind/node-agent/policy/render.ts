// A ruleset as nft text: one transaction that replaces the whole table, so that a packet meets either the old rules or
// the new ones, never none.
//
// Why each packet is judged, and not only a connection's first: a policy that appears must cut what is established.
// Replies are judged by the connection they belong to. `ct original ip saddr` is who opened it, `ct reply ip saddr`
// and `ct reply proto-src` are who serves it, after a Service's translation and before masquerading, the same
// values for packets in both directions. So one set of rules decides for both.
//
// Why unknown local addresses are dropped: between a pod's first packet and the moment its labels are known it would
// otherwise be as open as a pod without policies. Probes are not affected: the node's own traffic to its pods does
// not pass the forward hook, and Kubernetes always allows it.
import type { Allowance, PolicyChain, Ruleset } from './ruleset.ts';
import { formatIpv4 } from './ipv4.ts';
import type { RangeSet } from './ranges.ts';

export const TABLE = 'node_agent';

export interface NodeRules {
  readonly policy: Ruleset;
  readonly podRange: string;
  readonly serviceRanges: readonly string[];
  /** Nodes know the way back to pods: traffic to them keeps the pod's address. */
  readonly nodeAddresses: readonly string[];
}

export function render(rules: NodeRules): string {
  const sets = createPeerSets();
  const chains = rules.policy.chains.map((chain) => renderChain(chain, sets));
  return wholeTable([
    ...namedSets(rules),
    ...sets.render(),
    ...chains,
    ...policyChain(rules.policy),
    ...serviceGuard(rules.serviceRanges),
    ...masquerading(rules),
  ]);
}

/** The part that can stand without the agent: nothing for a service leaves the node. */
export function renderGuard(serviceRanges: readonly string[]): string {
  return wholeTable(serviceGuard(serviceRanges));
}

function wholeTable(content: readonly string[]): string {
  const lines = [
    `add table ip ${TABLE}`,
    `delete table ip ${TABLE}`,
    `table ip ${TABLE} {`,
    ...content,
    '}',
    '',
  ];
  return lines.join('\n');
}

function namedSets({ policy, nodeAddresses }: NodeRules): string[] {
  const verdicts = (chains: ReadonlyMap<number, string>): string[] =>
    [...chains].map(([address, chain]) => `${formatIpv4(address)} : jump ${chain}`);
  const isolated = new Set([...policy.ingress.keys(), ...policy.egress.keys()]);
  const selves = [...isolated].map((address) => `${formatIpv4(address)} . ${formatIpv4(address)}`);
  return [
    set('set nodes', 'ipv4_addr', nodeAddresses),
    set('set known', 'ipv4_addr', policy.known.map(formatIpv4)),
    set('set isolated', 'ipv4_addr', [...isolated].map(formatIpv4)),
    set('set self', 'ipv4_addr . ipv4_addr', selves),
    set('map ingress', 'ipv4_addr : verdict', verdicts(policy.ingress)),
    set('map egress', 'ipv4_addr : verdict', verdicts(policy.egress)),
  ];
}

function policyChain({ localRange }: Ruleset): string[] {
  return [
    '  chain pod_policies {',
    '    type filter hook forward priority filter + 10; policy accept;',
    // Without a connection there is no original direction to judge by.
    '    ct state invalid,untracked ip saddr @isolated drop',
    '    ct state invalid,untracked ip daddr @isolated drop',
    `    ct original ip saddr ${localRange.text} ct original ip saddr != @known drop`,
    `    ct reply ip saddr ${localRange.text} ct reply ip saddr != @known drop`,
    // A pod can always reach itself, through its Service too.
    '    ct original ip saddr . ct reply ip saddr @self accept',
    '    ct original ip saddr vmap @egress',
    '    ct reply ip saddr vmap @ingress',
    '  }',
  ];
}

/**
 * What still carries a service address after address translation is for a service that is not there. It would leave by
 * the default route, where something may answer. Refused rather than routed into a black hole: a route would
 * also stop what this node's own processes send before it is translated.
 */
function serviceGuard(ranges: readonly string[]): string[] {
  if (ranges.length === 0) return [];
  return ['forward', 'output'].flatMap((hook) => [
    `  chain services_${hook} {`,
    // Before kube-proxy's own refusal by ICMP: with Linux 6.18 that leaves an entry in the socket's error queue when it
    // arrives while connect() holds the socket, and a program on epoll (a Sentinel, measured) then spins for good.
    `    type filter hook ${hook} priority filter - 10; policy accept;`,
    // A reset also ends a connection that was answered outside before these rules were here.
    `    ip daddr { ${ranges.join(', ')} } meta l4proto tcp reject with tcp reset`,
    `    ip daddr { ${ranges.join(', ')} } reject with icmp type port-unreachable`,
    '  }',
  ]);
}

function masquerading({ podRange }: NodeRules): string[] {
  return [
    '  chain pod_masquerade {',
    '    type nat hook postrouting priority srcnat + 10; policy accept;',
    `    ip saddr ${podRange} ip daddr != ${podRange} ip daddr != @nodes masquerade fully-random`,
    '  }',
  ];
}

function renderChain({ name, direction, allowances }: PolicyChain, sets: PeerSets): string {
  const peer = direction === 'ingress' ? 'ct original ip saddr' : 'ct reply ip saddr';
  const rules = allowances.map((allowance) => {
    const { peers } = allowance;
    const from = peers ? `${peer} @${sets.nameOf(peers)} ` : '';
    return `    ${from}${portMatch(allowance)}return comment "${allowance.policy.slice(0, 120)}"`;
  });
  return [`  chain ${name} {`, ...new Set(rules), '    drop', '  }'].join('\n');
}

function portMatch({ protocol, ports }: Allowance): string {
  if (!protocol) return '';
  const byProtocol = `ct original protocol ${protocol.toLowerCase()} `;
  return ports ? `${byProtocol}ct reply proto-src { ${ports.map(portText).join(', ')} } ` : byProtocol;
}

interface PeerSets {
  nameOf(peers: RangeSet): string;
  render(): string[];
}

/** Equal sets of peers share one set in the kernel. */
function createPeerSets(): PeerSets {
  const names = new Map<string, string>();
  return {
    nameOf: (peers) => {
      const elements = peers.map(addressText).join(', ');
      const name = names.get(elements) ?? `peers_${names.size}`;
      names.set(elements, name);
      return name;
    },
    render: () =>
      [...names].map(([elements, name]) => set(`set ${name}`, 'ipv4_addr', [elements], 'flags interval;')),
  };
}

function set(head: string, type: string, elements: readonly string[], flags = ''): string {
  const content = elements.length === 0 ? '' : ` elements = { ${elements.join(', ')} };`;
  return `  ${head} { type ${type}; ${flags}${content} }`;
}

function addressText({ first, last }: RangeSet[number]): string {
  if (first === 0 && last === 0xffffffff) return '0.0.0.0/0';
  return first === last ? formatIpv4(first) : `${formatIpv4(first)}-${formatIpv4(last)}`;
}

function portText({ first, last }: RangeSet[number]): string {
  return first === last ? String(first) : `${first}-${last}`;
}

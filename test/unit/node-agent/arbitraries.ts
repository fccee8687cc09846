// Random small clusters, dense on purpose: few labels, addresses and ports, so that policies, pods and connections
// often meet. Node 1's pods are 10.244.1.0/24.
import fc from 'fast-check';
import type {
  Labels,
  NamedPort,
  Peer,
  PolicyPort,
  PolicyRecord,
  PolicyRule,
  Protocol,
  Selector,
} from '../../../k8s/kind/node-agent/cluster/objects.ts';
import type { AddressedPod, PolicyInput } from '../../../k8s/kind/node-agent/policy/compile.ts';
import { parseCidr, parseIpv4 } from '../../../k8s/kind/node-agent/policy/ipv4.ts';
import type { Connection } from './reference.ts';

export const LOCAL = parseCidr('10.244.1.0/24')!;
export const LOCAL_IPS = ['10.244.1.2', '10.244.1.3', '10.244.1.4', '10.244.1.5'];
export const REMOTE_IPS = ['10.244.2.2', '10.244.2.3'];
export const NUMBERED_PORTS = [80, 81, 8080];
const STRANGERS = ['192.0.2.1', '10.244.1.99', '172.18.0.1', '0.0.0.0', '255.255.255.255'];
const BLOCKS = [
  '0.0.0.0/0',
  '10.244.0.0/16',
  '10.244.1.4/31',
  '10.244.1.2/32',
  '192.0.2.0/24',
  '10.0.0.0/8',
  '::/0',
];

const namespace = fc.constantFrom('blue', 'green');
const protocol = fc.constantFrom<Protocol>('TCP', 'UDP', 'SCTP');
const labels: fc.Arbitrary<Labels> = fc.record(
  { app: fc.constantFrom('web', 'db'), tier: fc.constantFrom('front', 'back') },
  { requiredKeys: [] },
);

const selector: fc.Arbitrary<Selector> = fc.record({
  matchLabels: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: labels }),
  requirements: fc.array(
    fc.record({
      key: fc.constantFrom('app', 'tier', 'absent'),
      operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: fc.subarray(['web', 'db', 'front'], { minLength: 1 }),
    }),
    { maxLength: 1 },
  ),
});

const peer: fc.Arbitrary<Peer> = fc.oneof(
  fc.record({
    podSelector: fc.option(selector, { nil: undefined }),
    namespaceSelector: fc.option(selector, { nil: undefined }),
    ipBlock: fc.constant(undefined),
  }),
  fc.record({
    podSelector: fc.constant(undefined),
    namespaceSelector: fc.constant(undefined),
    ipBlock: fc.record({
      cidr: fc.constantFrom(...BLOCKS.slice(0, -1)),
      except: fc.subarray(BLOCKS.slice(2, -1)),
    }),
  }),
);

const port: fc.Arbitrary<PolicyPort> = fc.oneof(
  fc.record({
    protocol,
    port: fc.option(fc.constantFrom<number | string>(...NUMBERED_PORTS, 'main'), { nil: undefined }),
    endPort: fc.constant(undefined),
  }),
  fc.record({ protocol, port: fc.constantFrom(...NUMBERED_PORTS), endPort: fc.constantFrom(8080, 9000) }),
);

const rule: fc.Arbitrary<PolicyRule> = fc.record({
  peers: fc.array(peer, { maxLength: 2 }),
  ports: fc.array(port, { maxLength: 2 }),
});
const rules = fc.option(fc.array(rule, { maxLength: 2 }), { nil: undefined });

const policy: fc.Arbitrary<PolicyRecord> = fc.record({
  namespace,
  name: fc.constantFrom('p', 'q', 'r'),
  podSelector: selector,
  ingress: rules,
  egress: rules,
});

const namedPorts: fc.Arbitrary<NamedPort[]> = fc.array(
  fc.record({ name: fc.constant('main'), protocol, port: fc.constantFrom(...NUMBERED_PORTS) }),
  { maxLength: 1 },
);

const pods: fc.Arbitrary<AddressedPod[]> = fc
  .subarray([...LOCAL_IPS, ...REMOTE_IPS], { minLength: 1 })
  .chain((ips) =>
    fc.tuple(
      ...ips.map((ip) =>
        fc.record({
          address: fc.constant(parseIpv4(ip)!),
          namespace,
          name: fc.constant(ip),
          labels,
          namedPorts,
        }),
      ),
    ),
  );

export const cluster: fc.Arbitrary<PolicyInput> = fc.record({
  localRange: fc.constant(LOCAL),
  pods,
  namespaces: fc.record({ blue: labels, green: labels }).map((record) => new Map(Object.entries(record))),
  policies: fc.array(policy, { maxLength: 4 }),
});

const address = fc.constantFrom(...[...LOCAL_IPS, ...REMOTE_IPS, ...STRANGERS].map((ip) => parseIpv4(ip)!));

export const connection: fc.Arbitrary<Connection> = fc.record({
  from: address,
  to: address,
  protocol,
  port: fc.constantFrom(...NUMBERED_PORTS, 79, 82, 9000, 9001, 65535),
});

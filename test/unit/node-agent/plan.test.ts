// From API objects to what a node must have.
import { expect } from 'chai';
import { parseNode, parsePod, parsePolicy } from '../../../k8s/kind/node-agent/cluster/parse.ts';
import type { WirePolicy } from '../../../k8s/kind/node-agent/cluster/wire.ts';
import { readConfig } from '../../../k8s/kind/node-agent/config.ts';
import { cniConfig } from '../../../k8s/kind/node-agent/network/cni.ts';
import { desiredRoutes, routeChanges } from '../../../k8s/kind/node-agent/network/routes.ts';
import { plan } from '../../../k8s/kind/node-agent/plan.ts';
import { parseCidr } from '../../../k8s/kind/node-agent/policy/ipv4.ts';

const metadata = { name: 'p', namespace: 'shop', uid: 'u' };
const parsed = (spec: WirePolicy['spec']): { ingress: unknown; egress: unknown } => {
  const { ingress, egress } = parsePolicy({ metadata, spec });
  return { ingress, egress };
};
const anything = [{ peers: [], ports: [] }];

describe('reading API objects', () => {
  it('isolates in the directions policyTypes names, and by default as the API does', () => {
    expect(parsed({})).to.deep.equal({ ingress: [], egress: undefined });
    expect(parsed({ egress: [{}] })).to.deep.equal({ ingress: [], egress: anything });
    expect(parsed({ policyTypes: ['Egress'] })).to.deep.equal({ ingress: undefined, egress: [] });
    expect(parsed({ policyTypes: ['Ingress'], ingress: [{}], egress: [{}] })).to.deep.equal({
      ingress: anything,
      egress: undefined,
    });
  });

  it('takes a port without a protocol as TCP, and keeps names and ranges', () => {
    const { ingress } = parsed({
      ingress: [{ ports: [{ port: 'http' }, { protocol: 'UDP', port: 1, endPort: 9 }] }],
    });
    const ports = [
      { protocol: 'TCP', port: 'http', endPort: undefined },
      { protocol: 'UDP', port: 1, endPort: 9 },
    ];
    expect(ingress).to.deep.equal([{ peers: [], ports }]);
  });

  it('keeps a pod’s IPv4 address and its named ports, those of sidecars too', () => {
    const port = (name: string, containerPort: number): object => ({ ports: [{ name, containerPort }] });
    const spec = {
      containers: [port('http', 80)],
      initContainers: [{ ...port('mesh', 15), restartPolicy: 'Always' }, port('setup', 16)],
    };
    const pod = parsePod({
      metadata,
      spec,
      status: { podIPs: [{ ip: 'fd00::1' }, { ip: '10.1.1.1' }] },
    });
    expect(pod).to.include({ ip: '10.1.1.1', hostNetwork: false, finished: false });
    expect(pod.namedPorts.map(({ name, port: number }) => `${name}=${number}`)).to.deep.equal([
      'http=80',
      'mesh=15',
    ]);
  });

  it('takes a node’s InternalIP and IPv4 pod range', () => {
    const addresses = [
      { type: 'Hostname', address: 'n' },
      { type: 'InternalIP', address: '172.18.0.2' },
    ];
    const node = { metadata, spec: { podCIDRs: ['fd00::/64', '10.244.1.0/24'] }, status: { addresses } };
    expect(parseNode(node)).to.deep.equal({ name: 'p', podCidr: '10.244.1.0/24', internalIp: '172.18.0.2' });
  });
});

describe('planning a node', () => {
  const node = (name: string, podCidr?: string, internalIp?: string) => ({ name, podCidr, internalIp });
  const nodes = [
    node('a', '10.244.0.0/24', '172.18.0.2'),
    node('b', '10.244.1.0/24', '172.18.0.3'),
    node('c'),
  ];

  it('routes to every other node that has a range and an address, and the rest into a black hole', () => {
    expect(desiredRoutes(nodes, 'a', '10.244.0.0/16')).to.deep.equal([
      { destination: '10.244.0.0/16', via: undefined },
      { destination: '10.244.1.0/24', via: '172.18.0.3' },
    ]);
  });

  it('changes only the routes that differ', () => {
    const hole = { destination: '10.244.0.0/16', via: undefined };
    const route = (via: string) => ({ destination: '10.244.1.0/24', via });
    expect(routeChanges([hole, route('172.18.0.3')], [hole, route('172.18.0.3')])).to.deep.equal([]);
    expect(routeChanges([hole, route('172.18.0.3')], [hole, route('172.18.0.9')])).to.deep.equal([
      'route replace 10.244.1.0/24 via 172.18.0.9 proto 116',
    ]);
    expect(routeChanges([route('172.18.0.3')], [hole])).to.deep.equal([
      'route replace blackhole 10.244.0.0/16 proto 116',
      'route del 10.244.1.0/24 via 172.18.0.3 proto 116',
    ]);
  });

  it('is nothing until the node has a pod range', () => {
    const view = {
      nodes: new Map(nodes.map((one) => [one.name, one])),
      ...{ pods: new Map(), namespaces: new Map(), policies: new Map(), serviceRanges: new Map() },
    };
    const podRange = parseCidr('10.244.0.0/16')!;
    expect(plan({ nodeName: 'c', podRange, view, pods: [], leases: [] })).to.equal(undefined);
    expect(plan({ nodeName: 'a', podRange, view, pods: [], leases: [] })?.rules).to.contain('10.244.0.0/24');
  });

  it('writes a CNI configuration that names the wrapper, the range and the MTU', () => {
    const config = JSON.parse(cniConfig({ podCidr: '10.244.1.0/24', mtu: 1450 })) as {
      plugins: object[];
    };
    expect(config.plugins[0]).to.deep.include({ type: 'ptp', mtu: 1450, ipMasq: false });
  });
});

describe('the node agent’s configuration', () => {
  const env = { NODE_NAME: 'n', POD_SUBNET: 'fd00::/56,10.244.0.0/16', KUBERNETES_SERVICE_HOST: '10.96.0.1' };

  it('prefers the control plane’s own address over the service’s', () => {
    const { apiServers, podRange } = readConfig({ ...env, CONTROL_PLANE_ENDPOINT: 'cp:6443' });
    expect(apiServers).to.deep.equal(['cp:6443', '10.96.0.1:443']);
    expect(podRange.text).to.equal('10.244.0.0/16');
  });

  it('names the variable that is missing or wrong', () => {
    expect(() => readConfig({ ...env, NODE_NAME: '' })).to.throw('NODE_NAME');
    expect(() => readConfig({ ...env, POD_SUBNET: 'all' })).to.throw('POD_SUBNET');
    expect(() => readConfig({ NODE_NAME: 'n', POD_SUBNET: '10.0.0.0/8' })).to.throw('CONTROL_PLANE_ENDPOINT');
  });
});

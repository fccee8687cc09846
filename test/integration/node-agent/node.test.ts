// What the node agent does for its node besides policies: routes, address translation, CNI configuration, and what is
// left when it goes.
import { expect } from 'chai';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';
import { createAgent, type TestAgent } from './agent.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { createNetwork, OTHER, NODE, type TestNetwork } from './network.ts';

const POD = '10.244.1.5';

describe('the node agent on its node', function () {
  this.timeout(timeouts.fixtureMs);
  let network: TestNetwork;
  let agent: TestAgent;
  let pod: Endpoint;
  let outside: Endpoint;

  before(async () => {
    network = await createNetwork();
    agent = await createAgent(network);
    const metadata = { name: 'a', namespace: 'default', uid: 'a' };
    agent.put('pod', { metadata, spec: { containers: [] }, status: { podIPs: [{ ip: POD }] } } as never);
    agent.put('namespace', { metadata: { name: 'default' } });
    pod = startEndpoint(await network.addPod(POD));
    outside = startEndpoint(network.other);
    await outside.serve('TCP', 8080);
    await agent.start();
  });

  after(async () => {
    await pod.close();
    await outside.close();
    await agent.close();
    await network.close();
  });

  const routes = (): Promise<string> => network.exec(network.node, 'ip', 'route');

  it('writes the CNI configuration with the node’s own pod range', async () => {
    const text = await readFile(join(agent.folders.cniConfig, '10-node-agent.conflist'), 'utf8');
    const { plugins } = JSON.parse(text) as { plugins: { type: string; mtu?: number; ipam?: object }[] };
    expect(plugins.map(({ type }) => type)).to.deep.equal(['ptp', 'portmap']);
    expect(plugins[0]).to.deep.include({ mtu: 1500 });
    expect(plugins[0]?.ipam).to.deep.include({ ranges: [[{ subnet: NODE.podCidr }]] });
  });

  it('routes to the other node’s pods, and everything else of the pod range into a black hole', async () => {
    expect(await routes()).to.match(new RegExp(`${OTHER.podCidr} via ${OTHER.ip} dev eth0`));
    expect(await routes()).to.match(/blackhole 10\.244\.0\.0\/16/);
    expect(await pod.reaches(OTHER.podIp, 8080)).to.equal(true);
    expect(await pod.reaches('10.244.3.4', 8080), 'a pod that does not exist').to.equal(false);
  });

  it('follows a node to a new address and forgets a node that is gone', async () => {
    const node = { metadata: { name: 'node-3' }, spec: { podCIDRs: ['10.244.3.0/24'] } };
    const at = (address: string): object => ({
      ...node,
      status: { addresses: [{ type: 'InternalIP', address }] },
    });
    agent.put('node', at('172.31.7.3') as never);
    await eventually(async () => expect(await routes()).to.contain('10.244.3.0/24 via 172.31.7.3'), {
      withinMs: timeouts.soonMs,
    });
    agent.put('node', at('172.31.7.4') as never);
    await eventually(async () => expect(await routes()).to.contain('10.244.3.0/24 via 172.31.7.4'), {
      withinMs: timeouts.soonMs,
    });
    agent.remove('node', 'node-3');
    await eventually(async () => expect(await routes()).not.to.contain('10.244.3.0'), {
      withinMs: timeouts.soonMs,
    });
  });

  it('keeps a pod’s address towards pods and nodes and hides it from everybody else', async () => {
    expect(await pod.seenAs(OTHER.podIp, 8080), 'another pod').to.contain(POD);
    expect(await pod.seenAs(OTHER.ip, 8080), 'another node').to.contain(POD);
    await network.exec(network.other, 'ip', 'addr', 'add', '198.51.100.7/32', 'dev', 'lo');
    expect(await pod.seenAs('198.51.100.7', 8080), 'the world').to.contain(NODE.ip);
  });

  it('refuses at once what is addressed to a service that does not exist, from a pod and from the node', async () => {
    await network.exec(network.other, 'ip', 'addr', 'add', '10.96.0.99/32', 'dev', 'lo');
    const onNode = startEndpoint(network.node);
    expect(await pod.reaches('10.96.0.99', 8080), 'pod').to.equal(false);
    expect(await onNode.reaches('10.96.0.99', 8080), 'node').to.equal(false);
    await onNode.close();
  });

  it('leaves a script that keeps services and pods from leaving a restarted node until the agent is back', async () => {
    await agent.stop();
    // As after a restart: nothing of ours is in the kernel.
    await network.exec(network.node, 'nft', 'delete', 'table', 'ip', 'node_agent');
    await network.exec(network.node, 'ip', 'route', 'flush', 'proto', '116');
    const onNode = startEndpoint(network.node);
    const leaked = { host: '10.96.0.99', port: 8080 };
    expect(await onNode.open(leaked.host, leaked.port), 'answered from outside').to.equal(true);
    await network.exec(network.node, join(agent.folders.state, 'boot'));
    expect(await onNode.stillCarries(leaked.host, leaked.port), 'the connection that leaked').to.equal(false);
    expect(await onNode.reaches(leaked.host, leaked.port), 'a service').to.equal(false);
    expect(await onNode.reaches(OTHER.podIp, 8080), 'a pod').to.equal(false);
    await onNode.close();
    await agent.start();
    expect(await pod.reaches(OTHER.podIp, 8080)).to.equal(true);
  });

  it('leaves routes and rules in place when it is stopped, and a restart interrupts no connection', async () => {
    expect(await pod.open(OTHER.podIp, 8080)).to.equal(true);
    expect(await agent.stop()).to.equal(0);
    expect(await pod.stillCarries(OTHER.podIp, 8080), 'while it is away').to.equal(true);
    expect(await network.exec(network.node, 'nft', 'list', 'table', 'ip', 'node_agent')).to.contain(
      'masquerade',
    );
    await agent.start();
    expect(await pod.stillCarries(OTHER.podIp, 8080), 'after it is back').to.equal(true);
  });
});

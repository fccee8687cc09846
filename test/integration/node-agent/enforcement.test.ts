// NetworkPolicy in a real kernel by real connections: the whole agent in one namespace, pods in others.
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';
import type { WirePolicy } from '../../../k8s/kind/node-agent/cluster/wire.ts';
import { createAgent, type TestAgent } from './agent.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { createNetwork, OTHER, type TestNetwork } from './network.ts';
import { allowEgress, allowIngress, denyAll, fromApp, pod, policy } from './policies.ts';

const IP = { web: '10.244.1.2', db: '10.244.1.3', job: '10.244.1.4' };
/** Measured: 30 ms idle. The rest is for a machine that is busy with other tests. */
const ENFORCED_WITHIN_MS = 2000;

describe('network policies in the kernel', function () {
  this.timeout(timeouts.fixtureMs);
  let network: TestNetwork;
  let agent: TestAgent;
  let pods: Record<keyof typeof IP, Endpoint>;
  let node: Endpoint;
  let other: Endpoint;
  const present = new Set<string>();

  before(async () => {
    network = await createNetwork();
    agent = await createAgent(network);
    agent.put('namespace', { metadata: { name: 'shop' } });
    const http = [{ name: 'http', protocol: 'TCP', containerPort: 8080 }];
    for (const [name, ip] of Object.entries(IP)) agent.put('pod', pod(name, ip, http) as never);
    pods = {
      web: startEndpoint(await network.addPod(IP.web)),
      db: startEndpoint(await network.addPod(IP.db)),
      job: startEndpoint(await network.addPod(IP.job)),
    };
    node = startEndpoint(network.node);
    other = startEndpoint(network.other);
    for (const port of [5432, 8080]) await pods.db.serve('TCP', port);
    await pods.db.serve('UDP', 5353);
    await pods.web.serve('TCP', 8080);
    for (const port of [8080, 8081]) await other.serve('TCP', port);
    await agent.start();
  });

  after(async () => {
    for (const one of [...Object.values(pods), node, other]) await one.close();
    await agent.close();
    await network.close();
  });

  function apply(...policies: WirePolicy[]): void {
    for (const one of policies) {
      present.add(one.metadata.name);
      agent.put('policy', one);
    }
  }

  afterEach(async () => {
    for (const name of present) agent.remove('policy', name, 'shop');
    present.clear();
    await eventually(async () => expect(await pods.web.reaches(IP.db, 5432)).to.equal(true), {
      withinMs: timeouts.soonMs,
      everyMs: 10,
    });
  });

  const settles = (assertion: () => Promise<unknown>): Promise<unknown> =>
    eventually(assertion, { withinMs: ENFORCED_WITHIN_MS, everyMs: 10 });
  const canReach = async (expected: Record<string, boolean>): Promise<void> => {
    const seen = await Promise.all([pods.web.reaches(IP.db, 5432), pods.job.reaches(IP.db, 5432)]);
    expect({ web: seen[0], job: seen[1] }).to.deep.equal(expected);
  };

  it('refuses everything under a default deny and opens exactly the edge that is allowed', async () => {
    apply(denyAll);
    await settles(() => canReach({ web: false, job: false }));
    apply(allowIngress('db', [fromApp('web')], [{ port: 5432 }]), allowEgress('web', [fromApp('db')]));
    await settles(() => canReach({ web: true, job: false }));
    expect(await pods.web.reaches(IP.db, 8080), 'another port').to.equal(false);
    expect(await pods.db.reaches(IP.web, 8080), 'the other way').to.equal(false);
  });

  it('cuts an established connection when a policy appears, and carries it again when it goes', async () => {
    expect(await pods.web.open(IP.db, 5432)).to.equal(true);
    expect(await pods.web.stillCarries(IP.db, 5432)).to.equal(true);
    apply(denyAll);
    await settles(async () => expect(await pods.web.stillCarries(IP.db, 5432)).to.equal(false));
    agent.remove('policy', 'deny-all', 'shop');
    // TCP retransmits what was dropped meanwhile.
    await eventually(async () => expect(await pods.web.stillCarries(IP.db, 5432)).to.equal(true), {
      withinMs: timeouts.soonMs,
    });
  });

  it('keeps an established connection that stays allowed, replies included, while policies change around it', async () => {
    apply(
      denyAll,
      allowIngress('db', [fromApp('web')], [{ port: 5432 }]),
      allowEgress('web', [fromApp('db')]),
    );
    await settles(async () => expect(await pods.web.open(IP.db, 5432)).to.equal(true));
    apply(
      policy('more', { podSelector: { matchLabels: { app: 'db' } }, policyTypes: ['Egress'], egress: [] }),
    );
    await settles(() => canReach({ web: true, job: false }));
    expect(await pods.web.stillCarries(IP.db, 5432)).to.equal(true);
  });

  it('lets UDP answers back without allowing the other direction', async () => {
    apply(allowIngress('db', [fromApp('web')], [{ protocol: 'UDP', port: 5353 }]));
    await settles(async () => expect(await pods.job.reaches(IP.db, 5353, 'UDP')).to.equal(false));
    expect(await pods.web.reaches(IP.db, 5353, 'UDP')).to.equal(true);
    expect(await pods.web.reaches(IP.db, 5432), 'TCP').to.equal(false);
  });

  it('honours named ports, port ranges and the exceptions of an ipBlock', async () => {
    apply(allowIngress('db', [fromApp('web')], [{ port: 'http' }]));
    await settles(() => canReach({ web: false, job: false }));
    expect(await pods.web.reaches(IP.db, 8080), 'named').to.equal(true);
    apply(allowIngress('db', [], [{ port: 5000, endPort: 6000 }]));
    await settles(() => canReach({ web: true, job: true }));
    expect(await pods.web.reaches(IP.db, 8080), 'outside the range').to.equal(false);
    apply(allowIngress('db', [{ ipBlock: { cidr: '10.244.0.0/16', except: [`${IP.job}/32`] } }]));
    await settles(() => canReach({ web: true, job: false }));
  });

  it('holds egress to the outside to its block and its ports', async () => {
    apply(allowEgress('web', [{ ipBlock: { cidr: '172.31.7.0/24' } }], [{ port: 8081 }]));
    await settles(async () => expect(await pods.web.reaches(OTHER.ip, 8080)).to.equal(false));
    expect(await pods.web.reaches(OTHER.ip, 8081)).to.equal(true);
    expect(await pods.web.reaches(OTHER.podIp, 8081), 'outside the block').to.equal(false);
    expect(await pods.job.reaches(OTHER.ip, 8080), 'a pod without a policy').to.equal(true);
  });

  it('lets the pod’s own node through a default deny, as probes need, and no other node', async () => {
    apply(denyAll);
    await settles(async () => expect(await other.reaches(IP.db, 5432)).to.equal(false));
    expect(await node.reaches(IP.db, 5432)).to.equal(true);
  });

  it('judges a connection to a Service by the pod that serves it', async () => {
    const nat = 'type nat hook prerouting priority dstnat;';
    const rule = `ip daddr 10.96.0.7 tcp dport 80 dnat to ${IP.db}:5432`;
    await network.exec(network.node, 'nft', `table ip services { chain c { ${nat}; ${rule}; }; }`);
    apply(denyAll, allowIngress('db', [fromApp('web')], [{ port: 5432 }]));
    apply(allowEgress('web', [fromApp('db')]), allowEgress('job', [fromApp('db')]));
    await settles(() => canReach({ web: true, job: false }));
    expect(await pods.web.reaches('10.96.0.7', 80)).to.equal(true);
    expect(await pods.job.reaches('10.96.0.7', 80)).to.equal(false);
    expect(await pods.web.open('10.96.0.7', 80)).to.equal(true);
    agent.remove('policy', 'to-db', 'shop');
    await settles(async () => expect(await pods.web.stillCarries('10.96.0.7', 80)).to.equal(false));
    await network.exec(network.node, 'nft', 'delete table ip services');
  });

  it('lets a pod reach itself, through its Service too, whatever the policies say', async () => {
    const chain = (hook: string, rule: string): string =>
      `chain ${hook.split(' ')[0]} { type nat hook ${hook}; ${rule}; };`;
    const there = chain(
      'prerouting priority dstnat',
      `ip daddr 10.96.0.7 tcp dport 80 dnat to ${IP.db}:5432`,
    );
    const back = chain('postrouting priority srcnat', `ip saddr ${IP.db} ip daddr ${IP.db} masquerade`);
    await network.exec(network.node, 'nft', `table ip services { ${there} ${back} }`);
    apply(denyAll);
    await settles(() => canReach({ web: false, job: false }));
    expect(await pods.db.reaches(IP.db, 5432), 'directly').to.equal(true);
    expect(await pods.db.reaches('10.96.0.7', 80), 'through its Service').to.equal(true);
    await network.exec(network.node, 'nft', 'delete table ip services');
  });

  it('keeps enforcing while the agent is away, and catches up on what it missed', async () => {
    apply(denyAll);
    await settles(() => canReach({ web: false, job: false }));
    await agent.stop();
    apply(allowIngress('db', [fromApp('job')]), allowEgress('job', [fromApp('db')]));
    await canReach({ web: false, job: false });
    await agent.start();
    await canReach({ web: false, job: true });
  });
});

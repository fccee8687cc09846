// A pod's first moments: closed until its labels are known, and known before its first process starts.
import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';
import { createAgent, type TestAgent } from './agent.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { createNetwork, OTHER, type TestNetwork } from './network.ts';
import { allowEgress, denyAll, pod } from './policies.ts';

const IP = '10.244.1.6';
const there = { ipBlock: { cidr: `${OTHER.podIp}/32` } };
const other = { ipBlock: { cidr: `${OTHER.podIp}/32` } };

describe('a new pod', function () {
  this.timeout(timeouts.fixtureMs);
  let network: TestNetwork;
  let agent: TestAgent;
  let endpoint: Endpoint;
  let outside: Endpoint;

  before(async () => {
    network = await createNetwork();
    agent = await createAgent(network);
    agent.put('namespace', { metadata: { name: 'shop' } });
    endpoint = startEndpoint(await network.addPod(IP));
    outside = startEndpoint(network.other);
    await outside.serve('TCP', 8080);
    // In the place of the real host-local, which the wrapper calls: it always gives this pod its address.
    const result = `{"ips":[{"address":"${IP}/24"}]}`;
    await writeFile(join(agent.folders.cniBinaries, 'host-local'), `#!/bin/sh\necho '${result}'\n`, {
      mode: 0o755,
    });
  });

  after(async () => {
    await endpoint.close();
    await outside.close();
    await agent.close();
    await network.close();
  });

  /** Calls the IPAM wrapper as containerd does; resolves with its exit code, output and duration. */
  async function ipam(
    command: 'ADD' | 'DEL',
    id: string,
  ): Promise<{ code: number; stdout: string; tookMs: number }> {
    const startedAt = performance.now();
    const child = spawn(join(agent.folders.cniBinaries, 'node-agent-ipam'), {
      env: {
        PATH: process.env['PATH'],
        NODE_AGENT_RUN: agent.folders.run,
        CNI_COMMAND: command,
        CNI_CONTAINERID: id,
        CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=job;K8S_POD_UID=uid-job',
      },
    });
    let stdout = '';
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    const [code] = (await once(child, 'close')) as [number];
    return { code, stdout, tookMs: performance.now() - startedAt };
  }

  it('cannot reach anything while its address is unknown', async () => {
    await agent.start();
    expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(false);
  });

  it('is let through as soon as the API shows its address', async () => {
    agent.put('pod', pod('job', IP) as never);
    await eventually(async () => expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(true), {
      withinMs: timeouts.soonMs,
    });
    agent.remove('pod', 'job', 'shop');
    await eventually(async () => expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(false), {
      withinMs: timeouts.soonMs,
    });
  });

  it('has its policies in the kernel before the network is handed to it, without the API knowing its address', async () => {
    agent.put('policy', denyAll);
    agent.put('policy', allowEgress('job', [other]));
    agent.put('pod', pod('job', undefined) as never);
    const { code, stdout, tookMs } = await ipam('ADD', 'sandbox-1');
    expect({ code, ips: (JSON.parse(stdout) as { ips: unknown }).ips }).to.deep.equal({
      code: 0,
      ips: [{ address: `${IP}/24` }],
    });
    expect(tookMs, 'answered, not timed out').to.be.below(2900);
    expect(await endpoint.reaches(OTHER.podIp, 8080), 'allowed').to.equal(true);
    expect(await endpoint.reaches(OTHER.ip, 8080), 'not allowed').to.equal(false);
  });

  it('keeps its way after the API has forgotten it, for as long as it has its network', async () => {
    agent.remove('pod', 'job', 'shop');
    // Applied after the removal: what is newly allowed shows that the agent has seen both.
    agent.put('policy', allowEgress('job', [{ ipBlock: { cidr: `${OTHER.ip}/32` } }, other]));
    await eventually(async () => expect(await endpoint.reaches(OTHER.ip, 8080)).to.equal(true), {
      withinMs: timeouts.soonMs,
    });
    expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(true);
  });

  it('keeps its way for a while after the API has forgotten it', async () => {
    agent.remove('pod', 'job', 'shop');
    // Sent after the removal: once it is in force, the agent has seen both.
    agent.put('policy', allowEgress('job', [there, { ipBlock: { cidr: `${OTHER.ip}/32` } }]));
    await eventually(async () => expect(await endpoint.reaches(OTHER.ip, 8080)).to.equal(true), {
      withinMs: timeouts.soonMs,
    });
    expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(true);
  });

  it('loses its way when its network is taken down', async () => {
    expect((await ipam('DEL', 'sandbox-1')).code).to.equal(0);
    await eventually(async () => expect(await endpoint.reaches(OTHER.podIp, 8080)).to.equal(false), {
      withinMs: timeouts.soonMs,
    });
  });

  it('is not started on a node whose agent has not set its rules since the node came up', async () => {
    await agent.stop();
    const wrapper = await readFile(join(agent.folders.cniBinaries, 'node-agent-ipam'), 'utf8');
    await writeFile(join(agent.folders.cniBinaries, 'node-agent-ipam'), wrapper.replace(' 200;', ' 4;'));
    await rm(join(agent.folders.run, 'synced'));
    const { code, stdout } = await ipam('ADD', 'sandbox-2');
    expect(code).to.equal(11);
    expect((JSON.parse(stdout) as { code: number }).code).to.equal(11);
  });
});

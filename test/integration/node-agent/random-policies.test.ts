// The rendered text itself, in the kernel, against the plain reading of the API: random clusters, every pair of local
// pods, every port and protocol, by real connections.
import { expect } from 'chai';
import fc from 'fast-check';
import { compile } from '../../../k8s/kind/node-agent/policy/compile.ts';
import { parseIpv4 } from '../../../k8s/kind/node-agent/policy/ipv4.ts';
import { render } from '../../../k8s/kind/node-agent/policy/render.ts';
import { run } from '../../../k8s/kind/node-agent/network/exec.ts';
import { cluster, LOCAL_IPS, NUMBERED_PORTS } from '../../unit/node-agent/arbitraries.ts';
import { allowed } from '../../unit/node-agent/reference.ts';
import { startEndpoint, type Endpoint } from './endpoint.ts';
import { timeouts } from '../../support/timeouts.ts';
import { createNetwork, PODS, type TestNetwork } from './network.ts';

const CLUSTERS = 12;

describe('random network policies in the kernel', function () {
  this.timeout(timeouts.fixtureMs);
  let network: TestNetwork;
  const endpoints = new Map<string, Endpoint>();

  before(async () => {
    network = await createNetwork();
    for (const ip of LOCAL_IPS) endpoints.set(ip, startEndpoint(await network.addPod(ip)));
    for (const endpoint of endpoints.values()) {
      for (const port of NUMBERED_PORTS) await endpoint.serve('TCP', port);
      for (const port of NUMBERED_PORTS) await endpoint.serve('UDP', port);
    }
  });

  after(async () => {
    for (const endpoint of endpoints.values()) await endpoint.close();
    await network.close();
  });

  it('let through exactly what they should', async () => {
    const pairs = LOCAL_IPS.flatMap((from) => LOCAL_IPS.map((to) => ({ from, to })));
    const ports = NUMBERED_PORTS.flatMap((port) => [
      { port, protocol: 'TCP' as const },
      { port, protocol: 'UDP' as const },
    ]);
    const probes = pairs
      .filter(({ from, to }) => from !== to)
      .flatMap((pair) => ports.map((port) => ({ ...pair, ...port })));
    await fc.assert(
      fc.asyncProperty(cluster, async (input) => {
        const rules = { policy: compile(input), podRange: PODS, serviceRanges: [], nodeAddresses: [] };
        const args = ['netns', 'exec', network.node, 'nft', '-f', '-'];
        await run('ip', args, { stdin: render(rules), timeoutMs: 5000 });
        const seen = await Promise.all(
          probes.map(async ({ from, to, port, protocol }) =>
            endpoints.get(from)!.reaches(to, port, protocol),
          ),
        );
        const wanted = probes.map((probe) =>
          allowed(input, { ...probe, from: parseIpv4(probe.from)!, to: parseIpv4(probe.to)! }),
        );
        expect(probes.filter((_, index) => seen[index] !== wanted[index])).to.deep.equal([]);
      }),
      { numRuns: CLUSTERS, endOnFailure: true },
    );
  });
});

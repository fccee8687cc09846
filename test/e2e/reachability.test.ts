// The security-group chain, proven by real connections: from a pod of every tier to every listening port of every
// tier, those in the table of edges open, and no other does.
import type { V1Node, V1Service } from '@kubernetes/client-node';
import { expect } from 'chai';
import { reachability } from '../../k8s/lib/edge-views.ts';
import type { Reach } from '../../k8s/lib/edge-views.ts';
import { productName } from '../../k8s/lib/names.ts';
import { selectorOf, tiers } from '../../k8s/lib/tiers.ts';
import type { Tier } from '../../k8s/lib/tiers.ts';
import { connectFrom } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { execIn, getItems, getJson, nameOf, namespace } from '../support/kubectl.ts';
import { startProbePod } from '../support/probe-pod.ts';
import type { ProbePod } from '../support/probe-pod.ts';
import { runningTierNames, runningTiers, untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const release = { name: productName, namespace, version: '' };

describe('reachability', function () {
  this.timeout(timeouts.e2eTestMs);
  /** Two pods per tier: a pod reaches itself whatever the policies say. */
  const podOf = new Map<Tier, string>();
  const addressOf = new Map<Tier, string>();
  const probes: ProbePod[] = [];
  const table = reachability();

  before(async function () {
    this.timeout(timeouts.steadyStateMs);
    for (const tier of runningTierNames) {
      const pods = await untilReady(tier, runningTiers[tier]);
      podOf.set(tier, nameOf(pods[0]!));
      addressOf.set(tier, pods[1]!.status!.podIP!);
    }
    for (const tier of ['migrate', 'smoke'] as const) {
      probes.push(await startProbePod(`probe-${tier}`, selectorOf(tier, release)));
      podOf.set(tier, `probe-${tier}`);
    }
    probes.push(await startProbePod('stranger', { 'app.kubernetes.io/name': 'app' }, 'default'));
  });
  after(() => Promise.all(probes.map((probe) => probe.remove())));

  const said = ({ to, port }: Reach): string => `${to}:${port}`;
  const targetsOf = (reaches: readonly Reach[]): { host: string; port: number }[] =>
    reaches.map(({ to, port }) => ({ host: addressOf.get(to)!, port }));

  /** What opened, of all the connections tried. */
  const opened = async (pod: string, reaches: readonly Reach[]): Promise<string[]> => {
    const outcomes = await connectFrom(pod, targetsOf(reaches));
    return reaches.filter((_, index) => outcomes[index] === 'open').map(said);
  };

  for (const tier of tiers) {
    const reaches = table.filter(({ from }) => from === tier);
    const allowed = reaches.filter((reach) => reach.allowed).map(said);
    const whom = allowed.length === 0 ? 'nobody' : allowed.join(', ');
    it(`lets ${tier} reach ${whom}, and nothing else`, async () => {
      // A policy reaches a node a moment after its pod: the table has to hold, not to have held at once.
      await eventually(async () => expect(await opened(podOf.get(tier)!, reaches)).to.have.members(allowed), {
        withinMs: timeouts.soonMs * 2,
      });
    });
  }

  it('lets a pod of another namespace reach nothing, whatever labels it has', async () => {
    const all = table.filter(({ from }) => from === 'app');
    const outcomes = await connectFrom('stranger', targetsOf(all), { namespace: 'default' });
    expect(new Set(outcomes), all.map(said).join()).to.deep.equal(new Set(['silent']));
  });

  it('lets operator and pg reach the API server, and no other tier', async () => {
    const service = await getJson<V1Service>('-n', 'default', 'service', 'kubernetes');
    const target = { host: service.spec!.clusterIP!, port: 443 };
    const reached: Tier[] = [];
    for (const tier of tiers) {
      const [outcome] = await connectFrom(podOf.get(tier)!, [target]);
      if (outcome === 'open') reached.push(tier);
    }
    expect(reached).to.have.members(['operator', 'pg']);
  });

  it('lets every tier look names up', async () => {
    for (const tier of tiers) {
      const found = await execIn(podOf.get(tier)!, ['getent', 'hosts', `app.${namespace}.svc.cluster.local`]);
      expect(found, tier).to.match(/^\d+\.\d+\.\d+\.\d+ /);
    }
  });

  it('lets no tier reach the kubelet of another node', async () => {
    const nodes = await getItems<V1Node>('nodes', '-l', 'node-role.kubernetes.io/control-plane');
    const address = nodes[0]?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    expect(address).to.be.a('string');
    for (const tier of tiers) {
      const outcomes = await connectFrom(podOf.get(tier)!, [{ host: address!, port: 10_250 }]);
      expect(outcomes, tier).to.deep.equal(['silent']);
    }
  });
});

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
import type { Outcome } from '../support/connect.ts';
import { eventually } from '../support/eventually.ts';
import { execIn, getItems, getJson, nameOf, namespace, podsOf } from '../support/kubectl.ts';
import { startProbePod } from '../support/probe-pod.ts';
import type { ProbePod } from '../support/probe-pod.ts';
import { runningTierNames, runningTiers, untilReady } from '../support/steady-state.ts';
import { timeouts } from '../support/timeouts.ts';

const release = { name: productName, namespace, version: '' };

/** Their pods come and go, or are not wanted at all; for the test, others stand in with the same labels. */
const passingTiers = ['migrate', 'smoke', 'readers'] as const;

describe('reachability', function () {
  this.timeout(timeouts.e2eTestMs);
  const probes: ProbePod[] = [];
  const table = reachability();

  before(async function () {
    this.timeout(timeouts.steadyStateMs);
    for (const tier of runningTierNames) await untilReady(tier, runningTiers[tier]);
    for (const tier of passingTiers) {
      probes.push(await startProbePod(`probe-${tier}`, selectorOf(tier, release)));
    }
    probes.push(await startProbePod('stranger', { 'app.kubernetes.io/name': 'app' }, 'default'));
  });
  after(() => Promise.all(probes.map((probe) => probe.remove())));

  const said = ({ to, port }: Reach): string => `${to}:${port}`;
  const isPassing = (tier: Tier): boolean => passingTiers.some((passing) => passing === tier);
  const podOf = async (tier: Tier): Promise<string> =>
    isPassing(tier) ? `probe-${tier}` : nameOf((await podsOf(tier))[0]!);
  /** Of another pod than `podOf` gives: a pod reaches itself whatever the policies say. */
  const addressOf = async (tier: Tier): Promise<string> => (await podsOf(tier))[1]?.status?.podIP ?? '';

  const tryAll = async (pod: string, reaches: readonly Reach[], inNamespace?: string): Promise<Outcome[]> => {
    const hosts = new Map<Tier, string>();
    for (const tier of runningTierNames) hosts.set(tier, await addressOf(tier));
    const targets = reaches.map(({ to, port }) => ({ host: hosts.get(to)!, port }));
    return connectFrom(pod, targets, { namespace: inNamespace });
  };

  /** What opened, of all the connections tried. */
  const opened = async (tier: Tier, reaches: readonly Reach[]): Promise<string[]> => {
    const outcomes = await tryAll(await podOf(tier), reaches);
    return reaches.filter((_, index) => outcomes[index] === 'open').map(said);
  };

  for (const tier of tiers) {
    const reaches = table.filter(({ from }) => from === tier);
    const allowed = reaches.filter((reach) => reach.allowed).map(said);
    const whom = allowed.length === 0 ? 'nobody' : allowed.join(', ');
    it(`lets ${tier} reach ${whom}, and nothing else`, async () => {
      // A policy reaches a node a moment after its pod: the table has to hold, not to have held at once.
      await eventually(async () => expect(await opened(tier, reaches)).to.have.members(allowed), {
        withinMs: timeouts.soonMs * 2,
      });
    });
  }

  it('lets a pod of another namespace reach nothing, whatever labels it has', async () => {
    const all = table.filter(({ from }) => from === 'app');
    const outcomes = await tryAll('stranger', all, 'default');
    expect(new Set(outcomes), all.map(said).join()).to.deep.equal(new Set(['silent']));
  });

  it('lets operator and pg reach the API server, and no other tier', async () => {
    const service = await getJson<V1Service>('-n', 'default', 'service', 'kubernetes');
    const target = { host: service.spec!.clusterIP!, port: 443 };
    const outcomes = await fromEveryTier((pod) => connectFrom(pod, [target]));
    expect(tiers.filter((_, index) => outcomes[index]?.[0] === 'open')).to.have.members(['operator', 'pg']);
  });

  it('lets every tier look names up', async () => {
    const name = `app.${namespace}.svc.cluster.local`;
    const found = await fromEveryTier((pod) => execIn(pod, ['getent', 'hosts', name]));
    found.forEach((line, index) => expect(line, tiers[index]).to.match(/^\d+\.\d+\.\d+\.\d+ /));
  });

  it('lets no tier reach the kubelet of another node', async () => {
    const nodes = await getItems<V1Node>('nodes', '-l', 'node-role.kubernetes.io/control-plane');
    const address = nodes[0]?.status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
    expect(address).to.be.a('string');
    const target = { host: address!, port: 10_250 };
    const outcomes = await fromEveryTier((pod) => connectFrom(pod, [target]));
    expect(outcomes.flat()).to.deep.equal(tiers.map(() => 'silent'));
  });

  function fromEveryTier<T>(ask: (pod: string) => Promise<T>): Promise<T[]> {
    return Promise.all(tiers.map(async (tier) => ask(await podOf(tier))));
  }
});

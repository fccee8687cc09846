// The policies say what the table of edges says: each edge once on either side, nothing besides, default deny.
import { expect } from 'chai';
import fc from 'fast-check';
import { mermaid, reachability } from '../../k8s/lib/edge-views.ts';
import { edges, isTier, ruleAt } from '../../k8s/lib/edges.ts';
import type { Party } from '../../k8s/lib/edges.ts';
import { ports } from '../../k8s/lib/names.ts';
import { selectorOf, tiers } from '../../k8s/lib/tiers.ts';
import type { Tier } from '../../k8s/lib/tiers.ts';
import { readAt } from '../../k8s/helm/place.ts';
import type { Json } from '../../k8s/helm/place.ts';
import { byId } from './helm.ts';
import { profiles, release } from './synthesized.ts';

interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}
interface Peer {
  readonly podSelector?: { readonly matchLabels: Record<string, string> };
  readonly namespaceSelector?: object;
}
interface PolicySpec {
  readonly podSelector: { readonly matchLabels?: Record<string, string> };
  readonly policyTypes: readonly string[];
  readonly ingress?: readonly Rule[];
  readonly egress?: readonly Rule[];
}

for (const profile of profiles) {
  describe(`The NetworkPolicies of profile ${profile.name}`, () => {
    const objects = byId(release(profile));
    const policies = Object.entries(objects)
      .filter(([id]) => id.startsWith('NetworkPolicy/'))
      .map(([id, object]) => ({ name: id.slice('NetworkPolicy/'.length), spec: object.spec as PolicySpec }));
    const tierOf = ({ podSelector }: Peer): Tier | undefined =>
      tiers.find(
        (tier) =>
          JSON.stringify(podSelector?.matchLabels) ===
          JSON.stringify(sorted(selectorOf(tier, profile.release))),
      );

    /** `app → pg:5432` as a side of the table sees it. */
    function connections(side: 'ingress' | 'egress'): string[] {
      return policies.flatMap(({ spec }) => {
        const own = tierOf({ podSelector: { matchLabels: spec.podSelector.matchLabels ?? {} } });
        return (spec[side] ?? []).flatMap((rule) =>
          (rule.from ?? rule.to ?? []).flatMap((peer) => {
            const other = peer.namespaceSelector ? undefined : tierOf(peer);
            if (!own || !other) return [];
            const [from, to] = side === 'ingress' ? [other, own] : [own, other];
            return rule.ports.map(({ port, protocol }) => `${from} → ${to}:${port}/${protocol}`);
          }),
        );
      });
    }

    it('deny everything both ways unless another policy allows it', () => {
      expect(policies.find(({ name }) => name === 'default-deny')?.spec).to.deep.equal({
        podSelector: {},
        policyTypes: ['Ingress', 'Egress'],
      });
    });

    it('let every pod ask DNS, over UDP and TCP, and nobody else on port 53', () => {
      const spec = policies.find(({ name }) => name === 'allow-dns')?.spec;
      expect(spec?.podSelector).to.deep.equal({});
      expect(spec?.egress?.[0]?.ports.map(({ protocol }) => protocol)).to.have.members(['UDP', 'TCP']);
      expect(spec?.egress?.[0]?.to).to.deep.equal(profile.network.dns);
    });

    it('have each edge between tiers exactly once as ingress and once as egress, and no other', () => {
      const wanted = edges
        .filter(({ from, to }) => isTier(from) && isTier(to))
        .flatMap(({ from, to, ports }) => ports.map((port) => `${from} → ${to}:${port}/TCP`));
      expect(connections('ingress').sort()).to.deep.equal([...wanted].sort());
      expect(connections('egress').sort()).to.deep.equal([...wanted].sort());
    });

    it('name peers in every rule: a rule without them would allow everybody', () => {
      for (const { name, spec } of policies) {
        for (const rule of spec.ingress ?? []) expect(rule.from, name).not.to.be.empty;
        for (const rule of spec.egress ?? []) expect(rule.to, name).not.to.be.empty;
      }
    });

    it('let only the load balancer, a smoke test and a scraper in from outside the tiers', () => {
      const rules = policies.flatMap(({ name, spec }) =>
        (spec.ingress ?? []).map((rule) => ({ name, rule })),
      );
      const open = rules.filter(({ rule }) =>
        rule.from?.some((peer) => !tierOf(peer) || peer.namespaceSelector),
      );
      expect(open.map(({ name }) => name)).to.have.members([
        'app',
        'app',
        ...(profile.network.monitoring ? ['monitoring-app', 'monitoring-operator'] : []),
      ]);
    });

    it('are found where the table says, which is what values are written to', () => {
      const ofTheirOwn: readonly Party[] = ['monitoring', 'aws', 'backup-store'];
      for (const edge of edges) {
        if (ofTheirOwn.includes(edge.from) || ofTheirOwn.includes(edge.to)) continue;
        for (const { policy, rule } of ruleAt(edge)) {
          const found = readAt(objects[`NetworkPolicy/${policy}`] as Json, rule);
          expect(found, `${edge.from} → ${edge.to}`).to.be.an('object');
        }
      }
    });

    it('open AWS, on one port, to the web pods alone, and only where the profile says so', () => {
      const policy = policies.find(({ name }) => name === 'app-aws');
      expect(policy !== undefined).to.equal(profile.network.aws);
      if (policy === undefined) return;
      expect(policy.spec.podSelector.matchLabels).to.deep.equal(sorted(selectorOf('app', profile.release)));
      expect(policy.spec.egress?.[0]?.ports).to.deep.equal([{ port: 443, protocol: 'TCP' }]);
    });

    it('open the Services of Postgres by address where policies are asked before translation', () => {
      const withoutSelector = Object.entries(objects).filter(
        ([id, { spec }]) =>
          id.startsWith('Service/') && (spec as { selector?: object }).selector === undefined,
      );
      expect(withoutSelector.map(([id]) => id)).to.have.members(['Service/pg-rw', 'Service/pg-ro']);
      for (const tier of ['app', 'migrate'] as const) {
        const policy = policies.find(({ name }) => name === `${tier}-postgres`)?.spec;
        expect(policy !== undefined).to.equal(profile.network.postgresServices !== null);
        if (policy === undefined) continue;
        expect(policy.podSelector.matchLabels).to.deep.equal(sorted(selectorOf(tier, profile.release)));
        const [rule, ...others] = policy.egress ?? [];
        expect(rule).to.deep.equal({
          ports: [{ port: ports.postgres, protocol: 'TCP' }],
          to: profile.network.postgresServices,
        });
        expect(others).to.deep.equal([]);
      }
    });

    it('come with a SecurityGroupPolicy per tier where security groups are named', () => {
      const groups = Object.keys(objects).filter((id) => id.startsWith('SecurityGroupPolicy/'));
      expect(groups).to.have.lengthOf(profile.securityGroups ? 7 : 0);
    });
  });
}

describe('The table of edges', () => {
  it('names no connection twice', () => {
    const all = edges.flatMap(({ from, to, ports }) => ports.map((port) => `${from} ${to} ${port}`));
    expect(new Set(all).size).to.equal(all.length);
  });

  it('lets a shopper reach the stores only through the app', () => {
    const reachable = (from: string) => edges.filter((edge) => edge.from === from).map(({ to }) => to);
    expect(new Set(reachable('internet'))).to.deep.equal(new Set(['load-balancer']));
    expect(new Set(reachable('load-balancer'))).to.deep.equal(new Set(['app']));
  });

  it('lets nobody speak to Postgres but who has something to ask of it: the operator speaks to the agents', () => {
    const asking = reachability().filter(
      ({ to, port, allowed }) => to === 'pg' && port === ports.postgres && allowed,
    );
    expect(asking.map(({ from }) => from)).to.have.members(['app', 'migrate', 'pg', 'readers']);
  });

  it('says of every pair of tiers and port whether it is allowed, as the table does', () => {
    const matrix = reachability();
    expect(matrix.filter(({ allowed }) => allowed)).not.to.be.empty;
    expect(matrix.filter(({ allowed }) => !allowed)).not.to.be.empty;
    fc.assert(
      fc.property(fc.constantFrom(...matrix), ({ from, to, port, allowed }) => {
        const inTable = edges.some(
          (edge) => edge.from === from && edge.to === to && edge.ports.includes(port),
        );
        return inTable === allowed;
      }),
    );
  });

  it('draws every edge', () => {
    const picture = mermaid();
    for (const { from, to } of edges) {
      expect(picture).to.match(new RegExp(`${from.replace('-', '_')} -- .* --> ${to.replace('-', '_')}\n`));
    }
  });
});

function sorted(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}

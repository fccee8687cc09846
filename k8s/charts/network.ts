// NetworkPolicies and, on EKS, SecurityGroupPolicies from the table of edges: nothing in, nothing out, then DNS, then
// one rule per edge on either side. An edge that is in a policy and not in the table cannot exist.
import { ApiObject, Chart } from 'cdk8s';
import type { App } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { add } from '../lib/add.ts';
import { edges, isTier, rulesOf } from '../lib/edges.ts';
import type { Edge, Party } from '../lib/edges.ts';
import { metadata } from '../lib/metadata.ts';
import { selectorOf, tiers } from '../lib/tiers.ts';
import type { Tier } from '../lib/tiers.ts';
import type { BackupStore, Peer, Ports, Profile } from '../profiles/profile.ts';

const dnsPorts: readonly Ports[] = [
  { protocol: 'UDP', port: 53 },
  { protocol: 'TCP', port: 53 },
];

export function networkChart(app: App, profile: Profile): Chart {
  const chart = new Chart(app, 'network');
  policy(chart, profile, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] });
  policy(chart, profile, 'allow-dns', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: peers(profile.network.dns), ports: dnsPorts.map(policyPort) }],
  });
  for (const tier of tiers) tierPolicy(chart, profile, tier);
  if (profile.network.monitoring) monitoringPolicies(chart, profile);
  if (profile.network.backupStore) backupPolicy(chart, profile, profile.network.backupStore);
  if (profile.network.aws) awsPolicy(chart, profile);
  if (profile.network.postgresServices) servicePolicies(chart, profile, profile.network.postgresServices);
  if (profile.securityGroups) securityGroupPolicies(chart, profile, profile.securityGroups);
  return chart;
}

function tierPolicy(chart: Chart, profile: Profile, tier: Tier): void {
  const { into, outOf } = rulesOf(tier);
  const ingress = into.map((edge) => ({ from: whoIs(edge.from, profile), ports: portsOf(edge, profile) }));
  const egress = outOf.map((edge) => ({ to: whoIs(edge.to, profile), ports: portsOf(edge, profile) }));
  const spec = {
    podSelector: { matchLabels: selectorOf(tier, profile.release) },
    policyTypes: [...(into.length > 0 ? ['Ingress'] : []), ...(outOf.length > 0 ? ['Egress'] : [])],
    ...(into.length > 0 && { ingress }),
    ...(outOf.length > 0 && { egress }),
  };
  policy(chart, profile, tier, spec, tier);
}

function monitoringPolicies(chart: Chart, profile: Profile): void {
  for (const edge of edges) {
    if (edge.from !== 'monitoring' || !isTier(edge.to)) continue;
    policy(chart, profile, `monitoring-${edge.to}`, {
      podSelector: { matchLabels: selectorOf(edge.to, profile.release) },
      policyTypes: ['Ingress'],
      ingress: [{ from: whoIs('monitoring', profile), ports: portsOf(edge, profile) }],
    });
  }
}

function backupPolicy(chart: Chart, profile: Profile, store: BackupStore): void {
  wayOut(chart, profile, 'pg-backup', 'pg', { to: peers(store.peers), ports: store.ports.map(policyPort) });
}

/** Its endpoints have no fixed addresses; what may be done there is the role's business. */
const anywhere: readonly Peer[] = [{ ipBlock: { cidr: '0.0.0.0/0' } }];

function awsPolicy(chart: Chart, profile: Profile): void {
  const ports = [policyPort({ protocol: 'TCP', port: 443 })];
  wayOut(chart, profile, 'app-aws', 'app', { to: peers(anywhere), ports });
}

/** The tiers that find Postgres by its Services; all others speak to members by name or address. */
const callsServices: readonly Tier[] = ['app', 'migrate'];

/** Beside their rules for the pods behind those. */
function servicePolicies(chart: Chart, profile: Profile, services: readonly Peer[]): void {
  for (const edge of edges) {
    if (edge.to !== 'pg' || !isTier(edge.from) || !callsServices.includes(edge.from)) continue;
    const rule = { to: peers(services), ports: portsOf(edge, profile) };
    wayOut(chart, profile, `${edge.from}-postgres`, edge.from, rule);
  }
}

/** One more way out for a tier, in a policy that may be left out. */
function wayOut(
  chart: Chart,
  profile: Profile,
  name: string,
  tier: Tier,
  rule: k8s.NetworkPolicyEgressRule,
): void {
  const podSelector = { matchLabels: selectorOf(tier, profile.release) };
  policy(chart, profile, name, { podSelector, policyTypes: ['Egress'], egress: [rule] });
}

function policy(
  chart: Chart,
  profile: Profile,
  name: string,
  spec: k8s.NetworkPolicySpec,
  owner: Tier | 'network' = 'network',
): void {
  add(chart, k8s.KubeNetworkPolicy, `NetworkPolicy/${name}`, {
    metadata: metadata(profile.release, name, owner),
    spec,
  });
}

function whoIs(party: Party, profile: Profile): k8s.NetworkPolicyPeer[] {
  if (isTier(party)) return [{ podSelector: { matchLabels: selectorOf(party, profile.release) } }];
  if (party === 'load-balancer') return peers(profile.ingress.from);
  if (party === 'api-server') return peers(profile.network.apiServer.peers);
  const monitoring = { 'kubernetes.io/metadata.name': party };
  return [{ namespaceSelector: { matchLabels: monitoring } }];
}

function portsOf(edge: Edge, profile: Profile): k8s.NetworkPolicyPort[] {
  if (edge.to === 'api-server') return profile.network.apiServer.ports.map(policyPort);
  return edge.ports.map((port) => policyPort({ protocol: 'TCP', port }));
}

function policyPort({ protocol, port }: Ports): k8s.NetworkPolicyPort {
  return { protocol, port: k8s.IntOrString.fromNumber(port) };
}

function peers(list: readonly Peer[]): k8s.NetworkPolicyPeer[] {
  return list as k8s.NetworkPolicyPeer[];
}

function securityGroupPolicies(
  chart: Chart,
  profile: Profile,
  groups: NonNullable<Profile['securityGroups']>,
): void {
  for (const [tier, groupIds] of Object.entries(groups) as [Tier, readonly string[]][]) {
    add(chart, ApiObject, `SecurityGroupPolicy/${tier}`, {
      apiVersion: 'vpcresources.k8s.aws/v1beta1',
      kind: 'SecurityGroupPolicy',
      metadata: metadata(profile.release, tier, tier),
      spec: {
        podSelector: { matchLabels: selectorOf(tier, profile.release) },
        securityGroups: { groupIds: [...groupIds] },
      },
    });
  }
}

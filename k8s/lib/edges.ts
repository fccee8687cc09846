// The security-group chain as one table: who may open a connection to whom, on which ports, and why. NetworkPolicies,
// EKS SecurityGroupPolicies, the picture in the README and the reachability tests are all derived from it; what is
// not in it is refused.
import { ports } from './names.ts';
import type { Tier } from './tiers.ts';

/** Parties outside the namespace; where they are is the profile's knowledge. */
export type Outside =
  'internet' | 'load-balancer' | 'api-server' | 'dns' | 'monitoring' | 'aws' | 'backup-store';
export type Party = Tier | Outside;

export interface Edge {
  readonly from: Party;
  readonly to: Party;
  readonly ports: readonly number[];
  readonly why: string;
}

export const edges: readonly Edge[] = [
  edge('internet', 'load-balancer', [80, 443], 'shoppers'),
  edge('load-balancer', 'app', [ports.app], 'pages'),
  edge('load-balancer', 'app', [ports.appOps], 'health checks of an ALB'),
  edge('smoke', 'app', [ports.app], 'helm test'),
  edge('app', 'pg', [ports.postgres], 'durable data through rw and ro'),
  edge('app', 'readers', [ports.postgres], 'read replicas, as part of ro'),
  edge('app', 'redis', [ports.redis], 'sessions, carts, cache'),
  edge('app', 'sentinel', [ports.sentinel], 'who is master'),
  edge('app', 'aws', [443], 'sessions and carts in DynamoDB, its credentials from STS'),
  edge('migrate', 'pg', [ports.postgres], 'schema and seed data'),
  edge('pg', 'pg', [ports.postgres, ports.agent], 'replication, clone, rewind; votes'),
  edge('readers', 'pg', [ports.postgres], 'replication, clone, rewind'),
  edge('redis', 'redis', [ports.redis], 'replication'),
  edge('redis', 'sentinel', [ports.sentinel], 'start gate: whom to follow'),
  edge('sentinel', 'redis', [ports.redis], 'monitoring and failover'),
  edge('sentinel', 'sentinel', [ports.sentinel], 'votes'),
  edge('operator', 'pg', [ports.agent], 'probes, freeze, vote, promote'),
  edge('operator', 'readers', [ports.agent], 'probes, follow'),
  edge('operator', 'redis', [ports.redis], 'probes and repairs'),
  edge('operator', 'sentinel', [ports.sentinel], 'probes and repairs'),
  edge('operator', 'api-server', [443], 'watches, Lease, status, EndpointSlices'),
  edge('pg', 'api-server', [443], 'fence check: am I cut off?'),
  edge('pg', 'backup-store', [443], 'backups and WAL to a bucket, where backups are on'),
  edge('monitoring', 'app', [ports.appOps], 'metrics'),
  edge('monitoring', 'operator', [ports.operatorOps], 'metrics'),
];

const outside: readonly Party[] = [
  ...(['internet', 'load-balancer', 'api-server', 'dns', 'monitoring', 'aws', 'backup-store'] as const),
];

/** Parties that may be left out, with policies of their own. */
const optional: readonly Party[] = ['monitoring', 'aws', 'backup-store'];

export function isTier(party: Party): party is Tier {
  return !outside.includes(party);
}

/** What the policy of one tier lists, in its order. */
export function rulesOf(tier: Tier): { readonly into: readonly Edge[]; readonly outOf: readonly Edge[] } {
  return {
    into: edges.filter(({ from, to }) => to === tier && !optional.includes(from)),
    outOf: edges.filter(({ from, to }) => from === tier && !optional.includes(to)),
  };
}

/** Where the rules made from an edge are: in the policy of either end that is in the namespace. */
export function ruleAt(edge: Edge): { readonly policy: Tier; readonly rule: string }[] {
  const { from, to } = edge;
  return [
    ...(isTier(to) ? [{ policy: to, rule: `spec.ingress.${rulesOf(to).into.indexOf(edge)}` }] : []),
    ...(isTier(from) ? [{ policy: from, rule: `spec.egress.${rulesOf(from).outOf.indexOf(edge)}` }] : []),
  ];
}

function edge(from: Party, to: Party, edgePorts: readonly number[], why: string): Edge {
  return { from, to, ports: edgePorts, why };
}

// The network's part of the values table: who the outside parties are. The edges themselves are not values: a chart
// whose policies could be widened by a value would enforce nothing.
import { edges, ruleAt } from '../lib/edges.ts';
import type { Edge } from '../lib/edges.ts';
import { anyBackupStore } from '../profiles/backup-store.ts';
import { eks } from '../profiles/eks.ts';
import { at } from './place.ts';
import type { Json, Place } from './place.ts';
import { list, toggle } from './row.ts';
import type { Row } from './row.ts';

const peer = {
  type: 'object',
  additionalProperties: false,
  properties: {
    ipBlock: { type: 'object' },
    namespaceSelector: { type: 'object' },
    podSelector: { type: 'object' },
  },
};
const port = {
  type: 'object',
  additionalProperties: false,
  required: ['port', 'protocol'],
  properties: { port: { type: 'integer' }, protocol: { enum: ['TCP', 'UDP'] } },
};
const changedPeer = [{ ipBlock: { cidr: '203.0.113.0/24' } }];

const groupTiers = ['app', 'migrate', 'pg', 'readers', 'redis', 'sentinel', 'operator'] as const;

export function networkValues(): Row[] {
  return [
    ...outsideValues(),
    toggle('network.monitoring', 'Let namespace `monitoring` reach the metrics ports.', [
      'NetworkPolicy/monitoring-app',
      'NetworkPolicy/monitoring-operator',
    ]),
    ...backupValues(),
    toggle('network.aws', "Let the web pods reach AWS's API; `session.strategy` dynamodb needs it.", [
      'NetworkPolicy/app-aws',
    ]),
    ...serviceValues(),
    toggle(
      'securityGroupPolicies.enabled',
      'EKS: one SecurityGroupPolicy per tier.',
      groupTiers.map((tier) => `SecurityGroupPolicy/${tier}`),
    ),
    ...groupTiers.map((tier) =>
      list(
        `securityGroupPolicies.groups.${tier}`,
        `Security group ids of tier ${tier}.`,
        [at(`SecurityGroupPolicy/${tier}`, 'spec.securityGroups.groupIds')],
        ['sg-77777777777777777'],
        { type: 'string', pattern: '^sg-[0-9a-f]{8,17}$' },
      ),
    ),
  ];
}

function serviceValues(): Row[] {
  const policies = ['NetworkPolicy/app-postgres', 'NetworkPolicy/migrate-postgres'];
  const where = list(
    'network.postgresServices.peers',
    "The cluster's service range, there.",
    policies.map((policy) => at(policy, 'spec.egress.0.to')),
    changedPeer,
    peer,
    1,
  );
  return [
    toggle(
      'network.postgresServices.enabled',
      'EKS: policies are asked before address translation, and know no address of a Service without a selector.',
      policies,
    ),
    { ...where, absent: eks.network.postgresServices as unknown as Json },
  ];
}

function backupValues(): Row[] {
  const rule = (field: string) => [at('NetworkPolicy/pg-backup', `spec.egress.0.${field}`)];
  const where = list(
    'network.backupStore.peers',
    'Where the bucket of backups answers.',
    rule('to'),
    changedPeer,
    peer,
    1,
  );
  const ports = list(
    'network.backupStore.ports',
    'Its ports.',
    rule('ports'),
    [{ port: 7070, protocol: 'TCP' }],
    port,
    1,
  );
  return [
    toggle('network.backupStore.enabled', "Let Postgres' members reach the bucket of backups.", [
      'NetworkPolicy/pg-backup',
    ]),
    { ...where, absent: anyBackupStore.peers as unknown as Json },
    { ...ports, absent: anyBackupStore.ports as unknown as Json },
  ];
}

// Empty lists of peers or ports mean "everybody" in a NetworkPolicy, so the schema refuses them.
function outsideValues(): Row[] {
  const peers = (key: string, doc: string, where: readonly Place[]) =>
    list(key, doc, where, changedPeer, peer, 1);
  const toApiServer = ({ to }: Edge) => to === 'api-server';
  return [
    peers(
      'network.ingressFrom',
      'Who the load balancer is: pods on kind, subnets of an ALB on EKS.',
      places(({ from, to }) => from === 'load-balancer' && to === 'app', 'from'),
    ),
    peers('network.apiServer.peers', 'Where the API server answers.', places(toApiServer, 'to')),
    list(
      'network.apiServer.ports',
      'Its ports, before and after address translation.',
      places(toApiServer, 'ports'),
      [{ port: 7443, protocol: 'TCP' }],
      port,
      1,
    ),
    peers('network.dns', 'Who answers DNS.', [at('NetworkPolicy/allow-dns', 'spec.egress.0.to')]),
  ];
}

function places(isMeant: (edge: Edge) => boolean, field: 'from' | 'to' | 'ports'): Place[] {
  return edges
    .filter(isMeant)
    .flatMap((edge) =>
      ruleAt(edge).map(({ policy, rule }) => at(`NetworkPolicy/${policy}`, `${rule}.${field}`)),
    );
}

// The PostgresSet custom resource definition: what may be asked of a set, refused at admission where it cannot be
// meant, and what its status shows.
import { backupRules, backupSchema, backupStatusSchema, restoreSchema } from './backup/backup-schema.ts';
import { column, conditionsSchema, customResourceDefinition, switchoverRules } from '../runtime/crd.ts';

const name = {
  type: 'string',
  minLength: 1,
  maxLength: 63,
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
} as const;
const text = { type: 'string' } as const;
const integer = { type: 'integer' } as const;
const role = { type: 'string', pattern: '^[a-z_][a-z0-9_]{0,62}$' } as const;

const spec = {
  type: 'object',
  required: ['statefulSet', 'members', 'database', 'owner', 'credentialsSecret', 'services'],
  properties: {
    statefulSet: { ...name, description: 'The StatefulSet whose pods are the members.' },
    members: {
      type: 'integer',
      enum: [3, 5],
      description: 'How many members vote. A commit is on more than half of them before it is acknowledged.',
    },
    readReplicas: {
      type: 'integer',
      minimum: 0,
      maximum: 15,
      description:
        'Pods of StatefulSet <statefulSet>-read: they answer reads, never vote, never acknowledge.',
    },
    database: { ...role, description: 'The database made at the first start.' },
    owner: { ...role, description: 'The role that owns it.' },
    credentialsSecret: { ...name, description: 'Passwords of the roles and the token of the agents.' },
    services: {
      type: 'object',
      required: ['rw', 'ro', 'peers'],
      properties: { rw: name, ro: name, peers: name },
    },
    storage: {
      type: 'object',
      required: ['size'],
      description: 'Grows the volumes of the members where their class can. They never shrink.',
      properties: {
        size: { type: 'string', pattern: '^[1-9][0-9]{0,8}(Mi|Gi|Ti)$', maxLength: 12 },
      },
    },
    paused: { type: 'boolean', description: 'No failover and no switchover while true.' },
    switchover: {
      type: 'object',
      required: ['to', 'id'],
      description: 'A wish, carried out once per id.',
      properties: { to: name, id: { type: 'string', minLength: 1, maxLength: 63 } },
    },
    backup: backupSchema,
    restore: restoreSchema,
  },
  'x-kubernetes-validations': [
    ...switchoverRules('be a member', '[0-9]{1,2}'),
    { rule: 'self.services.rw != self.services.ro', message: 'rw and ro must be different Services' },
    ...backupRules,
    {
      rule:
        '!has(oldSelf.storage) || (has(self.storage) && ' +
        'quantity(self.storage.size).compareTo(quantity(oldSelf.storage.size)) >= 0)',
      message: 'storage.size cannot shrink: volumes only grow',
    },
    { rule: 'self.statefulSet == oldSelf.statefulSet', message: 'statefulSet cannot be changed' },
    { rule: 'self.database == oldSelf.database', message: 'database cannot be changed' },
    { rule: 'self.owner == oldSelf.owner', message: 'owner cannot be changed' },
  ],
} as const;

const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } as const;

const forksSchema = {
  type: 'array',
  maxItems: 20,
  description: 'Members that were promoted by hand, and what each had written past the fork.',
  items: {
    type: 'object',
    required: ['member', 'timeline', 'at'],
    properties: {
      member: text,
      timeline: integer,
      forkLsn: { ...text, nullable: true },
      endLsn: { ...text, nullable: true },
      bytes: { type: 'integer', format: 'int64', nullable: true },
      at: text,
      rejoined: { ...text, nullable: true },
    },
  },
} as const;

const status = {
  type: 'object',
  properties: {
    observedGeneration: { type: 'integer', format: 'int64' },
    phase: text,
    primary: { ...text, nullable: true },
    term: { type: 'integer', format: 'int64' },
    systemId: { ...text, nullable: true },
    sync: text,
    ready: text,
    lag: text,
    lastFailover: { type: 'string', format: 'date-time', nullable: true },
    outage: { ...text, nullable: true },
    switchoverDone: { ...text, nullable: true },
    ballot: {
      type: 'object',
      description: 'The register that makes a failover safe: written only by conditional updates.',
      required: ['term', 'stage'],
      properties: {
        term: { type: 'integer', format: 'int64' },
        stage: { type: 'string', enum: ['bootstrap', 'serving', 'stopping', 'electing', 'promoting'] },
        primary: { ...text, nullable: true },
        from: { ...text, nullable: true },
        cause: { ...text, nullable: true },
        startedAt: { ...text, nullable: true },
      },
    },
    quorum: {
      type: 'object',
      description: 'Who elects and who acknowledges, once members were changed: a register like ballot.',
      required: ['version', 'voters', 'votes', 'acknowledgers', 'acks'],
      properties: {
        version: { type: 'integer', format: 'int64' },
        voters: { type: 'array', items: name },
        votes: integer,
        acknowledgers: { type: 'array', items: name },
        acks: integer,
      },
    },
    voters: { type: 'array', items: name, description: 'Those whose vote counts now.' },
    readReplicas: { ...text, nullable: true, description: 'Read replicas that stream, of all.' },
    backup: backupStatusSchema,
    forks: forksSchema,
    members: { type: 'array', items: open },
    conditions: conditionsSchema,
    history: {
      type: 'array',
      maxItems: 20,
      items: {
        type: 'object',
        required: ['term', 'cause', 'to'],
        properties: {
          term: integer,
          at: text,
          cause: text,
          from: { ...text, nullable: true },
          to: text,
          votes: { type: 'array', items: open },
          millis: open,
          outageMs: { type: 'integer', nullable: true },
          discardedBytes: { type: 'integer', format: 'int64', nullable: true },
          rejoined: { ...text, nullable: true },
        },
      },
    },
  },
} as const;

export const postgresSetCrd = customResourceDefinition({
  kind: 'PostgresSet',
  shortName: 'pgset',
  columns: [
    column('Phase', '.status.phase'),
    column('Primary', '.status.primary'),
    column('Term', '.status.term', 'integer'),
    column('Sync', '.status.sync'),
    column('Ready', '.status.ready'),
    column('Lag', '.status.lag'),
    column('Last-Failover', '.status.lastFailover', 'date'),
    column('Outage', '.status.outage'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
  spec,
  status,
});

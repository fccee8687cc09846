// The RedisSet custom resource definition: what may be asked of a set, refused at admission where it cannot be meant,
// and what its status shows.
import { column, customResourceDefinition, switchoverRules } from '../runtime/crd.ts';
import { leastDownAfterMs } from './model.ts';

const name = { type: 'string', minLength: 1, maxLength: 63 } as const;
const odd = { type: 'integer', minimum: 3, maximum: 7 } as const;
const milliseconds = (minimum: number, maximum: number, otherwise: number) =>
  ({ type: 'integer', minimum, maximum, default: otherwise }) as const;

const spec = {
  type: 'object',
  required: ['statefulSet', 'sentinelStatefulSet', 'members', 'sentinels', 'masterName', 'credentialsSecret'],
  properties: {
    statefulSet: name,
    sentinelStatefulSet: name,
    members: odd,
    sentinels: odd,
    masterName: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,63}$' },
    credentialsSecret: name,
    downAfterMilliseconds: milliseconds(leastDownAfterMs, 60_000, 3_000),
    failoverTimeoutMilliseconds: milliseconds(3_000, 180_000, 10_000),
    paused: { type: 'boolean' },
    switchover: {
      type: 'object',
      description: 'Moves the master role to member `to`, once per `id`.',
      required: ['to', 'id'],
      properties: { to: name, id: name },
    },
  },
  'x-kubernetes-validations': [
    { rule: 'self.members % 2 == 1', message: 'members must be odd: an even set loses its majority sooner' },
    { rule: 'self.sentinels % 2 == 1', message: 'sentinels must be odd: an even number adds no safety' },
    ...switchoverRules('name a member of the set', '[0-9]'),
    {
      rule: 'self.members == oldSelf.members && self.sentinels == oldSelf.sentinels',
      message:
        'members and sentinels cannot be changed: a master that is no member any more would go on being written to',
    },
    {
      rule: 'self.statefulSet == oldSelf.statefulSet && self.masterName == oldSelf.masterName',
      message: 'statefulSet and masterName cannot be changed: the data would be another set',
    },
  ],
} as const;

export const redisSetCrd = customResourceDefinition({
  kind: 'RedisSet',
  shortName: 'redset',
  columns: [
    column('Phase', '.status.phase'),
    column('Master', '.status.master'),
    column('Epoch', '.status.epoch', 'integer'),
    column('Ready', '.status.ready'),
    column('Replicas', '.status.replicas'),
    column('Sentinels', '.status.sentinels'),
    column('Last-Failover', '.status.lastFailover.at', 'date'),
    column('Outage', '.status.lastFailover.outage'),
    column('Age', '.metadata.creationTimestamp', 'date'),
  ],
  spec,
  status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
});

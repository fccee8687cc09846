// spec.backup and spec.restore as admission checks them, and status.backup as people read it.
const text = { type: 'string' } as const;
const dateTime = { type: 'string', format: 'date-time', nullable: true } as const;
const quantity = { type: 'string', pattern: '^[0-9]+(Mi|Gi|Ti)$' } as const;
const name = { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' } as const;

const cron = (description: string) => ({
  type: 'string',
  pattern: '^([0-9*,/-]+ ){4}[0-9*,/-]+$',
  description: `${description} Five fields of cron, in UTC.`,
});

const repository = {
  type: 'object',
  description: 'Where backups and WAL are kept: a volume that all members mount, or a bucket.',
  properties: {
    volume: {
      type: 'object',
      description: "The chart's backup volume, mounted at /var/lib/pgbackrest by every member.",
    },
    s3: {
      type: 'object',
      required: ['bucket', 'endpoint', 'region'],
      description: 'Keys (access-key, secret-key, ca.crt for a private server) come from Secret pg-backup.',
      properties: {
        bucket: { type: 'string', minLength: 3, maxLength: 63 },
        endpoint: {
          type: 'string',
          pattern: '^[A-Za-z0-9.-]+(:[0-9]{1,5})?$',
          maxLength: 260,
          description: 'host or host:port, always TLS.',
        },
        region: { type: 'string', minLength: 1, maxLength: 63 },
        prefix: { type: 'string', pattern: '^/[A-Za-z0-9._/-]*$', maxLength: 200 },
        pathStyle: {
          type: 'boolean',
          description: 'Bucket in the path, not in the host name: most servers other than AWS.',
        },
      },
    },
  },
  'x-kubernetes-validations': [
    { rule: 'has(self.volume) != has(self.s3)', message: 'a repository is either a volume or s3' },
  ],
} as const;

export const backupSchema = {
  type: 'object',
  required: ['repository', 'schedule', 'retention'],
  properties: {
    repository,
    stanza: { ...name, description: "pgBackRest's name for this set's backups; the set's name by default." },
    schedule: {
      type: 'object',
      required: ['full'],
      properties: {
        full: cron('When a full backup is made; the first is made at once.'),
        incremental: cron('When what changed since the backup before is saved.'),
      },
    },
    retention: {
      type: 'object',
      description: 'Full backups kept, or days; what builds on them and their WAL is kept with them.',
      properties: {
        fullBackups: { type: 'integer', minimum: 1, maximum: 1000 },
        days: { type: 'integer', minimum: 1, maximum: 3650 },
      },
      'x-kubernetes-validations': [
        {
          rule: 'has(self.fullBackups) != has(self.days)',
          message: 'retention is either fullBackups or days',
        },
      ],
    },
    archiveQueueLimit: {
      ...quantity,
      description:
        'WAL that may wait for the repository (512Mi); beyond it is given up, never the disk filled.',
    },
    request: {
      type: 'object',
      required: ['id', 'type'],
      description: 'A backup wanted now, made once per id.',
      properties: {
        id: { type: 'string', minLength: 1, maxLength: 63 },
        type: { type: 'string', enum: ['full', 'incr'] },
      },
    },
  },
} as const;

export const restoreSchema = {
  type: 'object',
  required: ['repository', 'stanza'],
  description: 'Make the first database from this backup, not empty. Only while the set has no database.',
  properties: {
    repository,
    stanza: name,
    targetTime: {
      type: 'string',
      format: 'date-time',
      description: 'Up to this moment; without a target up to the end of the archive.',
    },
    targetLsn: { type: 'string', pattern: '^[0-9A-F]{1,8}/[0-9A-F]{1,8}$' },
  },
  'x-kubernetes-validations': [
    { rule: '!(has(self.targetTime) && has(self.targetLsn))', message: 'one target, not two' },
  ],
} as const;

/** Rules of the whole spec. */
export const backupRules = [
  {
    // In whatever repository: CEL compares no two object types.
    rule:
      '!has(self.restore) || !has(self.backup) || ' +
      "self.restore.stanza != (has(self.backup.stanza) ? self.backup.stanza : '')",
    message: 'a restored set must not archive into the stanza it was restored from',
  },
  {
    rule: '!has(self.restore) || !has(self.backup) || has(self.backup.stanza)',
    message: 'backup.stanza must be named beside restore: its archive must not mix with the source',
  },
] as const;

export const backupStatusSchema = {
  type: 'object',
  properties: {
    stanza: text,
    count: { type: 'integer' },
    lastFull: dateTime,
    lastIncremental: dateTime,
    firstRecoverable: dateTime,
    archivedAt: dateTime,
    queue: text,
    gapAt: dateTime,
    running: { ...text, nullable: true },
    requestDone: { ...text, nullable: true },
    error: { ...text, nullable: true },
  },
} as const;

// Values of the data tiers: volumes, Redis' memory, and who brings the credentials.
import { at } from './place.ts';
import { certificates } from '../charts/certificates.ts';
import type { Json } from './place.ts';
import { choice, integer, string, toggle } from './row.ts';
import type { Row } from './row.ts';
import { environment, pod, workloads } from './workloads.ts';

const claim = 'spec.volumeClaimTemplates.0.spec';

export function storeValues(): Row[] {
  return [
    ...volumeValues(),
    ...redisValues(),
    ...memberValues(),
    ...backupValues(),
    toggle(
      'credentials.generate',
      'Ship empty Secrets for the operator to fill; off when External Secrets brings them under the same names.',
      ['Secret/pg-credentials', 'Secret/redis-credentials', 'Secret/app-keys'],
    ),
    issuerValue(),
  ];
}

function issuerValue(): Row {
  const secrets = Object.entries(certificates).flatMap(([secret, { authority }]) => [secret, authority]);
  const authorities = Object.values(certificates).map(({ authority }) => authority);
  return choice(
    'certificates.issuer',
    'Who issues the certificates of Postgres and Redis: the operator, or cert-manager where it is installed.',
    'cert-manager',
    {
      operator: secrets.map((name) => `Secret/${name}`),
      'cert-manager': [
        ...['self-signed', ...authorities].map((name) => `Issuer/${name}`),
        ...secrets.map((name) => `Certificate/${name}`),
      ],
    },
  );
}

function volumeValues(): Row[] {
  const quantity = { pattern: '^[0-9]+(Mi|Gi|Ti)$' };
  const stores = workloads.filter(({ object }) => object.startsWith('StatefulSet/'));
  return [
    string(
      'storage.className',
      'StorageClass of all volumes; WaitForFirstConsumer, or a volume misses its zone.',
      'changed',
      stores.map(({ object }) => at(object, `${claim}.storageClassName`)),
    ),
    ...stores.map(({ key, object }) =>
      string(
        `storage.${key}`,
        `Volume size of one ${key} member.`,
        '7Gi',
        [at(object, `${claim}.resources.requests.storage`)],
        quantity,
      ),
    ),
  ];
}

function memberValues(): Row[] {
  const voting = integer(
    'postgres.members',
    'Postgres members that vote, 3 or 5; the operator moves the quorum step by step, and restarts nobody.',
    5,
    [at('PostgresSet/pg', 'spec.members'), at('StatefulSet/pg', 'spec.replicas')],
    { enum: [3, 5] },
  );
  const reading = integer(
    'postgres.readReplicas',
    'Further Postgres pods behind `pg-ro` that never vote and never acknowledge a commit.',
    7,
    [at('PostgresSet/pg', 'spec.readReplicas'), at('StatefulSet/pg-read', 'spec.replicas')],
    { maximum: 15 },
  );
  return [voting, reading];
}

function backupValues(): Row[] {
  const block = (key: string, doc: string, place: string, sample: Json): Row => ({
    ...{ key, doc, kind: 'block', absent: {}, sample, schema: { type: 'object' } },
    at: [at('PostgresSet/pg', place)],
  });
  const claim = `${pod}.volumes.[name=backup].persistentVolumeClaim`;
  return [
    block(
      'postgres.backup',
      'Backups and continuous WAL archive, as spec.backup of a PostgresSet; empty makes none.',
      'spec.backup',
      { schedule: { full: '0 3 * * *' } },
    ),
    block(
      'postgres.restore',
      'The backup a new set begins with, as spec.restore of a PostgresSet; empty begins with nothing.',
      'spec.restore',
      { stanza: 'changed' },
    ),
    block(
      'postgres.storage',
      'Grows the volumes of an installed set, as spec.storage of a PostgresSet ({size: 20Gi}); storage.postgres is their first size and cannot change.',
      'spec.storage',
      { size: '9Gi' },
    ),
    {
      ...block('postgres.backupClaim', 'ReadWriteMany claim for a repository of kind volume.', claim, {
        claimName: 'changed',
      }),
      at: [at('StatefulSet/pg', claim)],
    },
  ];
}

function redisValues(): Row[] {
  const redis = 'StatefulSet/redis';
  const variable = (name: string) => [at(redis, environment(redis, name))];
  const megabytes = { pattern: '^[0-9]+(mb|gb)$' };
  return [
    string(
      'redis.maxMemory',
      'maxmemory; well below the memory limit, because a full resync forks.',
      '77mb',
      variable('MAXMEMORY'),
      megabytes,
    ),
    string(
      'redis.backlog',
      'Replication backlog: how long a member may be away without a full resync.',
      '7mb',
      variable('REPL_BACKLOG_SIZE'),
      megabytes,
    ),
  ];
}

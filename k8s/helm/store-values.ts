// Values of the data tiers: volumes, Redis' memory, and who brings the credentials.
import { at } from './place.ts';
import { string, toggle } from './row.ts';
import type { Row } from './row.ts';
import { environment, workloads } from './workloads.ts';

const claim = 'spec.volumeClaimTemplates.0.spec';

export function storeValues(): Row[] {
  return [
    ...volumeValues(),
    ...redisValues(),
    toggle(
      'credentials.generate',
      'Ship empty Secrets for the operator to fill; off when External Secrets brings them under the same names.',
      ['Secret/pg-credentials', 'Secret/redis-credentials', 'Secret/app-keys'],
    ),
  ];
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

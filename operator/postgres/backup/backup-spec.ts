// spec.backup and spec.restore as TypeScript sees them, and what of them an agent has to know.
import type { BackupSettings, Repository, RestoreOrder } from '../../agent/backup/backup-settings.ts';

export interface RepositorySpec {
  readonly volume?: object;
  readonly s3?: {
    readonly bucket: string;
    readonly endpoint: string;
    readonly region: string;
    readonly prefix?: string;
    readonly pathStyle?: boolean;
  };
}

export interface BackupSpec {
  readonly repository: RepositorySpec;
  readonly stanza?: string;
  readonly schedule: { readonly full: string; readonly incremental?: string };
  readonly retention: { readonly fullBackups?: number; readonly days?: number };
  readonly archiveQueueLimit?: string;
  readonly request?: { readonly id: string; readonly type: 'full' | 'incr' };
}

export interface RestoreSpec {
  readonly repository: RepositorySpec;
  readonly stanza: string;
  readonly targetTime?: string;
  readonly targetLsn?: string;
}

const QUEUE_LIMIT = '512Mi';
const UNITS: Readonly<Record<string, number>> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** What agents work with. `set` names the stanza unless the spec does. */
export function settingsOf(backup: BackupSpec, set: string): BackupSettings {
  const { days, fullBackups = 2 } = backup.retention;
  return {
    stanza: backup.stanza ?? set,
    repository: repositoryOf(backup.repository),
    retention:
      days === undefined ? { unit: 'fullBackups', count: fullBackups } : { unit: 'days', count: days },
    archiveQueueBytes: bytesOf(backup.archiveQueueLimit ?? QUEUE_LIMIT),
  };
}

export function restoreOf({ repository, stanza, targetTime, targetLsn }: RestoreSpec): RestoreOrder {
  const time = targetTime === undefined ? null : ({ kind: 'time', value: targetTime } as const);
  const lsn = targetLsn === undefined ? null : ({ kind: 'lsn', value: targetLsn } as const);
  return { stanza, repository: repositoryOf(repository), target: time ?? lsn };
}

function repositoryOf({ s3 }: RepositorySpec): Repository {
  if (!s3) return { kind: 'volume' };
  const { bucket, endpoint, region, prefix = '/', pathStyle = false } = s3;
  return { kind: 's3', bucket, endpoint, region, prefix, pathStyle };
}

/** A Kubernetes quantity in Mi, Gi or Ti, which is all that the schema lets through. */
export function bytesOf(quantity: string): number {
  const match = /^(\d+)(Mi|Gi|Ti)$/.exec(quantity);
  const unit = UNITS[match?.[2] ?? ''];
  if (!match || unit === undefined) throw new Error(`not a quantity in Mi, Gi or Ti: "${quantity}"`);
  return Number(match[1]) * unit;
}

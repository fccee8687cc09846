// What people read about backups: status.backup and two conditions. While no primary serves, what was last known
// stands.
import type { BackupStatus } from '../../agent/protocol.ts';
import type { NewCondition } from '../../runtime/conditions.ts';
import type { MemberView } from '../observed.ts';
import { settingsOf } from './backup-spec.ts';
import type { BackupSpec } from './backup-spec.ts';
import { doneOf, later } from './decide-backup.ts';

export interface BackupReport {
  readonly stanza: string;
  readonly count: number;
  readonly lastFull: string | null;
  readonly lastIncremental: string | null;
  /** Every moment from here to archivedAt can be restored; null: none can. */
  readonly firstRecoverable: string | null;
  readonly archivedAt: string | null;
  readonly queue: string;
  readonly gapAt: string | null;
  readonly running: string | null;
  readonly requestDone: string | null;
  readonly error: string | null;
}

export interface ReportInput {
  readonly set: string;
  readonly spec: BackupSpec | null;
  readonly primary: MemberView | undefined;
  readonly previous: Partial<BackupReport> | null;
}

const NOTHING: Omit<BackupReport, 'stanza'> = {
  ...{ count: 0, lastFull: null, lastIncremental: null, firstRecoverable: null, archivedAt: null },
  ...{ queue: '0 MB', gapAt: null, running: null, requestDone: null, error: null },
};

export function backupReport({ set, spec, primary, previous }: ReportInput): BackupReport | null {
  if (!spec) return null;
  const { stanza } = settingsOf(spec, set);
  // What was null when it was written is absent when it is read.
  const known: BackupReport = { ...NOTHING, ...(previous?.stanza === stanza && previous), stanza };
  const backup = primary?.status?.backup;
  return backup ? said(backup, known, spec) : known;
}

/** What the serving primary says, on top of what was known. */
function said(backup: BackupStatus, known: BackupReport, { request }: BackupSpec): BackupReport {
  const gapAt = later(known.gapAt, backup.gapAt);
  return {
    ...known,
    ...(backup.isRead && listOf(backup, gapAt)),
    ...{ gapAt, archivedAt: archivedAt(backup) ?? known.archivedAt },
    queue: `${backup.queueBytes / 2 ** 20} MB`,
    running: backup.job ? `${backup.job.type} since ${backup.job.startedAt}` : null,
    requestDone: request?.id === doneOf(backup) ? doneOf(backup) : known.requestDone,
    error: backup.lastJob?.error ?? backup.error,
  };
}

/** What was given up counts for Postgres as archived. */
function archivedAt({ mode, archived }: BackupStatus): string | null {
  return mode === 'push' ? (archived?.at ?? null) : null;
}

type List = Pick<BackupReport, 'count' | 'lastFull' | 'lastIncremental' | 'firstRecoverable'>;

function listOf({ backups }: BackupStatus, gapAt: string | null): List {
  const ends = (types: readonly string[]): string | null =>
    backups
      .filter(({ type }) => types.includes(type))
      .map(({ finishedAt }) => finishedAt)
      .sort()
      .at(-1) ?? null;
  const usable = backups.filter(({ startedAt }) => gapAt === null || startedAt > gapAt);
  return {
    count: backups.length,
    lastFull: ends(['full']),
    lastIncremental: ends(['incr', 'diff']),
    firstRecoverable: usable.map(({ finishedAt }) => finishedAt).sort()[0] ?? null,
  };
}

/** What is said when nobody can know better. */
const unknown = (type: string): NewCondition => ({
  type,
  status: 'Unknown',
  reason: 'NoPrimary',
  message: 'no primary serves',
});

export function backupConditions(
  spec: BackupSpec | null,
  primary: MemberView | undefined,
  report: BackupReport | null,
): readonly NewCondition[] {
  if (!spec) {
    const off = { status: 'False', reason: 'NotConfigured', message: 'spec.backup is not set' } as const;
    return [
      { type: 'Archiving', ...off },
      { type: 'BackupReady', ...off },
    ];
  }
  const backup = primary?.status?.backup;
  if (!backup || !report) return [unknown('Archiving'), unknown('BackupReady')];
  return [archiving(spec, backup, report), backupReady(backup, report)];
}

function archiving(spec: BackupSpec, backup: BackupStatus, { gapAt }: BackupReport): NewCondition {
  const no = (reason: string, message: string): NewCondition => ({
    ...{ type: 'Archiving', status: 'False', reason, message },
  });
  const why = backup.error ?? 'the repository does not take WAL';
  if (backup.mode === 'drop') {
    const limit = spec.archiveQueueLimit ?? 'the limit';
    return no(
      'QueueFull',
      `${why}; more than ${limit} waited and is given up, no point in time until a backup`,
    );
  }
  if (backup.archived?.failing === true || backup.error !== null) return no('RepositoryFails', why);
  if (backup.mode !== 'push') return no('Waiting', 'until the primary has found where the archive ends');
  const message = gapAt === null ? '' : `WAL until ${gapAt} is incomplete`;
  return { type: 'Archiving', status: 'True', reason: 'Archived', message };
}

function backupReady({ lastJob }: BackupStatus, { firstRecoverable }: BackupReport): NewCondition {
  const type = 'BackupReady';
  if (lastJob && lastJob.error !== null) {
    return { type, status: 'False', reason: 'BackupFailed', message: lastJob.error };
  }
  if (firstRecoverable === null) {
    return { type, status: 'False', reason: 'NoBackup', message: 'no point in time can be restored yet' };
  }
  return { type, status: 'True', reason: 'Restorable', message: `from ${firstRecoverable}` };
}

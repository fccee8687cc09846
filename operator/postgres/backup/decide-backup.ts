// When which backup is made, and who must hear of new settings: pure. The repository says what there is; nothing is
// remembered here, so that a new leader of the operator goes on where the old one was.
import { Cron } from 'croner';
import { fingerprint } from '../../agent/backup/backup-settings.ts';
import type { BackupSettings } from '../../agent/backup/backup-settings.ts';
import type { BackupRecord } from '../../agent/backup/repository-info.ts';
import type { BackupOrder, BackupStatus } from '../../agent/protocol.ts';
import type { MemberView } from '../observed.ts';
import type { BackupSpec } from './backup-spec.ts';

export type BackupAction =
  | { readonly do: 'configure'; readonly to: string; readonly settings: BackupSettings | null }
  | { readonly do: 'backup'; readonly to: string; readonly order: BackupOrder };

export interface BackupInput {
  readonly spec: BackupSpec | null;
  readonly settings: BackupSettings | null;
  readonly members: readonly MemberView[];
  /** The serving primary; null while there is none. */
  readonly primary: string | null;
  readonly requestDone: string | null;
  readonly gapAt: string | null;
  readonly now: Date;
}

/** After a backup that failed: most often the repository is only just coming back. */
const RETRY_MS = 30_000;

export function decideBackup(input: BackupInput): readonly BackupAction[] {
  const { members, settings } = input;
  const wanted = settings === null ? null : fingerprint(settings);
  const configure = members
    .filter(({ contact, status }) => contact === 'up' && (status?.backup?.settings ?? null) !== wanted)
    .map(({ name }): BackupAction => ({ do: 'configure', to: name, settings }));
  const primary = members.find(({ name, contact }) => name === input.primary && contact === 'up');
  const backup = primary?.status?.backup;
  if (!primary || !backup || !input.spec || backup.settings !== wanted || !isReady(backup, input.now)) {
    return configure;
  }
  const order = orderOf(input.spec, backup, input);
  return order ? [...configure, { do: 'backup', to: primary.name, order }] : configure;
}

function isReady({ mode, isRead, job, lastJob }: BackupStatus, now: Date): boolean {
  if (mode !== 'push' || !isRead || job) return false;
  return !lastJob || lastJob.error === null || now.getTime() - Date.parse(lastJob.finishedAt) >= RETRY_MS;
}

function orderOf(
  spec: BackupSpec,
  backup: BackupStatus,
  { requestDone, gapAt, now }: BackupInput,
): BackupOrder | null {
  const { request, schedule } = spec;
  if (request && request.id !== requestDone && request.id !== doneOf(backup)) return { ...request };
  const type = dueType(schedule, backup.backups, later(gapAt, backup.gapAt), now);
  return type === null ? null : { id: `${type}-${now.toISOString().slice(0, 16)}`, type };
}

/** The id of the last backup if it succeeded. */
export function doneOf({ lastJob }: BackupStatus): string | null {
  return lastJob?.error === null ? lastJob.id : null;
}

export function dueType(
  schedule: BackupSpec['schedule'],
  backups: readonly BackupRecord[],
  gapAt: string | null,
  now: Date,
): 'full' | 'incr' | null {
  const full = newest(backups.filter(({ type }) => type === 'full'));
  if (full === null || isDue(schedule.full, full, now)) return 'full';
  const last = newest(backups) ?? full;
  // Nothing from before a hole in the archive leads past it.
  if (gapAt !== null && last <= gapAt) return 'incr';
  return schedule.incremental !== undefined && isDue(schedule.incremental, last, now) ? 'incr' : null;
}

/** Whether the schedule named a moment since the last one began. Throws on a pattern that cannot be meant. */
function isDue(pattern: string, lastStartedAt: string, now: Date): boolean {
  const next = new Cron(pattern, { timezone: 'UTC', paused: true }).nextRun(new Date(lastStartedAt));
  return next !== null && next <= now;
}

function newest(backups: readonly BackupRecord[]): string | null {
  return (
    backups
      .map(({ startedAt }) => startedAt)
      .sort()
      .at(-1) ?? null
  );
}

/** ISO times sort as text. */
export function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return a > b ? a : b;
}

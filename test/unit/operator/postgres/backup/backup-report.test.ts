import { expect } from 'chai';
import type { BackupStatus } from '../../../../../operator/agent/protocol.ts';
import { backupConditions, backupReport } from '../../../../../operator/postgres/backup/backup-report.ts';
import type { BackupReport } from '../../../../../operator/postgres/backup/backup-report.ts';
import type { BackupSpec } from '../../../../../operator/postgres/backup/backup-spec.ts';
import { primary } from '../observed-fixtures.ts';

const spec: BackupSpec = {
  ...{ repository: { volume: {} }, schedule: { full: '0 2 * * 0' }, retention: { fullBackups: 2 } },
};
const record = (startedAt: string, finishedAt: string) =>
  ({ label: startedAt, type: 'full', startedAt, finishedAt, bytes: 1 }) as const;
const old = record('2026-11-01T02:00:00.000Z', '2026-11-01T02:30:00.000Z');
const young = record('2026-11-08T02:00:00.000Z', '2026-11-08T02:30:00.000Z');

function stand(changes: Partial<BackupStatus> = {}): BackupStatus {
  return {
    ...{ settings: 'x', mode: 'push', queueBytes: 16 * 2 ** 20, gapAt: null, job: null, lastJob: null },
    archived: { wal: null, at: '2026-11-09T00:00:00.000Z', failing: false },
    ...{ isRead: true, backups: [old, young], error: null },
    ...changes,
  };
}

const report = (changes: Partial<BackupStatus> = {}, previous: Partial<BackupReport> | null = null) =>
  backupReport({ set: 'pg', spec, primary: primary({ backup: stand(changes) }), previous });

describe('the report about backups', () => {
  it('can restore from the end of the oldest backup on', () => {
    expect(report()).to.include({
      ...{ stanza: 'pg', count: 2, lastFull: young.finishedAt, firstRecoverable: old.finishedAt },
      ...{ queue: '16 MB', archivedAt: '2026-11-09T00:00:00.000Z' },
    });
  });

  it('can restore nothing from before a hole in the archive, also after the member that saw it is gone', () => {
    const gapAt = '2026-11-05T00:00:00.000Z';
    expect(report({ gapAt })).to.include({ firstRecoverable: young.finishedAt });
    expect(report({}, { stanza: 'pg', gapAt })).to.include({ gapAt, firstRecoverable: young.finishedAt });
    expect(report({ gapAt: '2026-11-20T00:00:00.000Z' })).to.include({ firstRecoverable: null });
  });

  it('keeps what was known while no primary serves or the repository has not been read again', () => {
    const known = { stanza: 'pg', count: 7, lastFull: young.finishedAt };
    const silent = backupReport({ set: 'pg', spec, primary: undefined, previous: known });
    expect(silent).to.include(known);
    expect(report({ isRead: false, backups: [] }, known)).to.include(known);
    expect(report({ isRead: false, backups: [] }, { ...known, stanza: 'another' })).to.include({ count: 0 });
  });

  it('does not call archived what was given up', () => {
    expect(report({ mode: 'drop' })).to.include({ archivedAt: null });
  });
});

describe('the conditions of backups', () => {
  const said = (changes: Partial<BackupStatus> = {}) =>
    backupConditions(spec, primary({ backup: stand(changes) }), report(changes)).map(
      ({ type, status, reason }) => `${type} ${status} ${reason}`,
    );

  it('are good when WAL arrives and a point in time can be restored', () => {
    expect(said()).to.deep.equal(['Archiving True Archived', 'BackupReady True Restorable']);
  });

  it('name a repository that fails, a queue that was given up, and a backup that did not succeed', () => {
    const archived = { wal: null, at: null, failing: true };
    expect(said({ archived })).to.include('Archiving False RepositoryFails');
    expect(said({ mode: 'drop' })).to.include('Archiving False QueueFull');
    expect(said({ backups: [] })).to.include('BackupReady False NoBackup');
    const lastJob = { id: 'x', type: 'full', error: 'no space', finishedAt: '' } as const;
    expect(said({ lastJob })).to.include('BackupReady False BackupFailed');
  });

  it('say that nothing is configured, or that nobody can know', () => {
    const reasons = (conditions: ReturnType<typeof backupConditions>) =>
      conditions.map(({ reason }) => reason);
    expect(reasons(backupConditions(null, primary(), null))).to.deep.equal([
      'NotConfigured',
      'NotConfigured',
    ]);
    expect(reasons(backupConditions(spec, undefined, null))).to.deep.equal(['NoPrimary', 'NoPrimary']);
  });
});

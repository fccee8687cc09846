import { expect } from 'chai';
import { fingerprint } from '../../../../../operator/agent/backup/backup-settings.ts';
import type { BackupRecord } from '../../../../../operator/agent/backup/repository-info.ts';
import type { BackupStatus } from '../../../../../operator/agent/protocol.ts';
import { settingsOf } from '../../../../../operator/postgres/backup/backup-spec.ts';
import type { BackupSpec } from '../../../../../operator/postgres/backup/backup-spec.ts';
import { decideBackup } from '../../../../../operator/postgres/backup/decide-backup.ts';
import type { BackupInput } from '../../../../../operator/postgres/backup/decide-backup.ts';
import { away, member, primary } from '../observed-fixtures.ts';

const spec: BackupSpec = {
  repository: { volume: {} },
  schedule: { full: '0 2 * * 0', incremental: '0 2 * * 1-6' },
  retention: { fullBackups: 2 },
};
const settings = settingsOf(spec, 'pg');
const backup = (type: BackupRecord['type'], startedAt: string): BackupRecord => ({
  ...{ label: startedAt, type, startedAt, finishedAt: startedAt, bytes: 1 },
});
/** A Sunday's full backup and Monday's incremental one. */
const sunday = backup('full', '2026-11-22T02:00:00.000Z');
const monday = backup('incr', '2026-11-23T02:00:00.000Z');

function stand(changes: Partial<BackupStatus> = {}): BackupStatus {
  return {
    ...{ settings: fingerprint(settings), mode: 'push', queueBytes: 0, gapAt: null, archived: null },
    ...{ job: null, lastJob: null, isRead: true, backups: [sunday, monday], error: null },
    ...changes,
  };
}

function decided(now: string, status: BackupStatus, changes: Partial<BackupInput> = {}): readonly string[] {
  const actions = decideBackup({
    ...{ spec, settings, primary: 'pg-0', requestDone: null, gapAt: null, now: new Date(now) },
    members: [primary({ backup: status }), member('pg-1', { backup: stand() })],
    ...changes,
  });
  return actions.map((action) =>
    action.do === 'configure' ? `configure ${action.to}` : `${action.order.type} on ${action.to}`,
  );
}

describe('when a backup is made', () => {
  const mondayNoon = '2026-11-23T12:00:00Z';

  it('is the schedule’s choice: full on Sundays, incremental on other days', () => {
    expect(decided(mondayNoon, stand())).to.deep.equal([]);
    expect(decided('2026-11-24T02:00:00Z', stand())).to.deep.equal(['incr on pg-0']);
    expect(decided('2026-11-29T02:00:00Z', stand())).to.deep.equal(['full on pg-0']);
  });

  it('is at once when there is none, and once after everything was missed', () => {
    expect(decided(mondayNoon, stand({ backups: [] }))).to.deep.equal(['full on pg-0']);
    expect(decided('2026-12-23T12:00:00Z', stand())).to.deep.equal(['full on pg-0']);
  });

  it('is at once after a hole in the archive, whoever saw it', () => {
    const gapAt = '2026-11-23T11:00:00.000Z';
    expect(decided(mondayNoon, stand({ gapAt }))).to.deep.equal(['incr on pg-0']);
    expect(decided(mondayNoon, stand(), { gapAt })).to.deep.equal(['incr on pg-0']);
    expect(decided(mondayNoon, stand(), { gapAt: '2026-11-23T01:00:00.000Z' })).to.deep.equal([]);
  });

  it('is on request, once', () => {
    const request = { id: 'before the migration', type: 'full' } as const;
    const asked = { spec: { ...spec, request } };
    expect(decided(mondayNoon, stand(), asked)).to.deep.equal(['full on pg-0']);
    expect(decided(mondayNoon, stand(), { ...asked, requestDone: request.id })).to.deep.equal([]);
    const lastJob = { ...request, error: null, finishedAt: mondayNoon };
    expect(decided(mondayNoon, stand({ lastJob }), asked)).to.deep.equal([]);
  });

  it('is never while the primary cannot archive, has not read its repository, or makes one', () => {
    const sundayNoon = '2026-11-29T12:00:00Z';
    for (const mode of ['hold', 'drop', 'off'] as const) {
      expect(decided(sundayNoon, stand({ mode }))).to.deep.equal([]);
    }
    expect(decided(sundayNoon, stand({ isRead: false, backups: [] }))).to.deep.equal([]);
    const job = { id: 'x', type: 'full', startedAt: sundayNoon } as const;
    expect(decided(sundayNoon, stand({ job }))).to.deep.equal([]);
    expect(decided(sundayNoon, stand(), { primary: null })).to.deep.equal([]);
  });

  it('is half a minute after one that failed, not at once', () => {
    const lastJob = { id: 'x', type: 'full', error: 'no space', finishedAt: '2026-11-29T02:10:00Z' } as const;
    expect(decided('2026-11-29T02:10:29Z', stand({ lastJob }))).to.deep.equal([]);
    expect(decided('2026-11-29T02:10:30Z', stand({ lastJob }))).to.deep.equal(['full on pg-0']);
  });

  it('throws on a schedule that no day meets', () => {
    const never = { ...spec, schedule: { full: '99 99 * * *' } };
    expect(() => decided(mondayNoon, stand(), { spec: never })).to.throw();
  });
});

describe('the settings of backups', () => {
  const now = '2026-11-23T12:00:00Z';

  it('go to every member that is heard and works with others, or with none', () => {
    const members = [primary({ backup: stand() }), member('pg-1'), away('pg-2', 'silent')];
    expect(decided(now, stand(), { members })).to.deep.equal(['configure pg-1']);
  });

  it('are taken back when the spec has none', () => {
    const off = { spec: null, settings: null };
    expect(decided(now, stand(), off)).to.deep.equal(['configure pg-0', 'configure pg-1']);
    expect(decided(now, stand(), { ...off, members: [primary()] })).to.deep.equal([]);
  });
});

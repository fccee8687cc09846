import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { AgentStatus } from '../../../operator/agent/protocol.ts';
import type pg from 'pg';
import { ensurePrograms } from '../../../app/dev/packages.ts';
import type { BackupReport } from '../../../operator/postgres/backup/backup-report.ts';
import type { BackupSpec, RestoreSpec } from '../../../operator/postgres/backup/backup-spec.ts';
import { createVolumeRepository } from '../../support/backup-repository.ts';
import type { BackupRepository } from '../../support/backup-repository.ts';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { programs } from '../../support/programs.ts';
import { createS3Repository } from '../../support/s3-repository.ts';
import { timeouts } from '../../support/timeouts.ts';

const SEGMENT_MIB = 16;
const terms = {
  schedule: { full: '0 2 * * 0', incremental: '0 2 * * 1-6' },
  retention: { fullBackups: 2 },
  archiveQueueLimit: `${4 * SEGMENT_MIB}Mi`,
};

const repositories = [
  ['a volume', createVolumeRepository],
  ['a bucket of a real S3 server', createS3Repository],
] as const;

for (const [where, create] of repositories) {
  describe(`backups of a set of three real Postgres servers in ${where}`, function () {
    this.timeout(timeouts.steadyStateMs * 2);
    let repository: BackupRepository;
    let backup: BackupSpec;
    let set: PostgresSet;
    let operator: LocalOperator;
    let written = 0;

    const within = { withinMs: timeouts.steadyStateMs / 2 };
    const status = (): Partial<BackupReport> => operator.status().backup ?? {};
    const condition = (type: string) => operator.status().conditions?.find((one) => one.type === type);

    async function onPrimary<T>(
      work: (client: pg.Client) => Promise<T>,
      on = operator,
      of = set,
    ): Promise<T> {
      const client = await eventually(
        async () => writable(await of.connect(on.routed('pg-rw')[0] ?? '')),
        within,
      );
      return work(client).finally(() => client.end());
    }

    /** One row more, in a segment of its own; returns the server's time after its commit, to the microsecond. */
    async function write(): Promise<string> {
      written += 1;
      return onPrimary(async (client) => {
        await client.query('CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY, filling text)');
        await client.query('INSERT INTO kept VALUES ($1)', [written]);
        const { rows } = await client.query<{ now: string }>(
          `SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now`,
        );
        return rows[0]?.now ?? '';
      });
    }

    /** Fills `count` segments of the log. */
    const fillSegments = (count: number): Promise<void> =>
      onPrimary(async (client) => {
        for (let i = 0; i < count; i += 1) {
          await client.query(
            'CREATE TABLE filling AS SELECT repeat(md5(i::text), 40) FROM generate_series(1, 13000) AS i',
          );
          await client.query('DROP TABLE filling');
        }
      });

    const archived = (since: Date) =>
      eventually(() => {
        expect(Date.parse(status().archivedAt ?? '')).to.be.greaterThan(since.getTime());
        expect(condition('Archiving')).to.include({ status: 'True' });
      }, within);

    /** The rows of a new set that is restored from the first one's backups. */
    async function restored(restore: Omit<RestoreSpec, 'repository' | 'stanza'>): Promise<readonly number[]> {
      const copy = await startPostgresSet({ env: repository.env });
      const restoring = startLocalOperator(copy, {
        restore: { ...restore, repository: repository.spec, stanza: 'pg' },
        backup: { ...backup, stanza: 'restored' },
      });
      try {
        for (const member of copy.members) member.startAgent();
        await eventually(
          async () => {
            const statuses = await restoring.statuses();
            const members = statuses.map((status) => whereItStands(status, copy)).join('\n');
            expect(restoring.routed('pg-ro'), members).to.have.length(2);
          },
          { withinMs: timeouts.steadyStateMs },
        );
        const { rows } = await onPrimary(
          (client) => client.query<{ id: number }>('SELECT id FROM kept ORDER BY id'),
          restoring,
          copy,
        );
        return rows.map(({ id }) => id);
      } finally {
        await restoring.stop();
        await copy.close();
      }
    }

    before(async () => {
      await ensurePrograms([programs.pgbackrest], () => undefined);
      repository = await create();
      backup = { ...terms, repository: repository.spec };
      set = await startPostgresSet({ env: repository.env });
      for (const member of set.members) member.startAgent();
      operator = startLocalOperator(set, { backup });
      await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
    });

    after(async () => {
      await operator.stop();
      await set.close();
      await repository.close();
    });

    it('makes the first full backup by itself, and says from when on it can restore', async () => {
      await eventually(() => {
        expect(status()).to.include({ stanza: 'pg', count: 1 }).and.not.to.have.any.keys('error', 'running');
        expect(status().firstRecoverable).to.equal(status().lastFull);
        expect(condition('BackupReady')).to.include({ status: 'True' });
      }, within);
    });

    it('makes an incremental backup when it is asked for, once', async () => {
      operator.editSpec({ backup: { ...backup, request: { id: 'now', type: 'incr' } } });
      await eventually(() => expect(status()).to.include({ count: 2, requestDone: 'now' }), within);
      expect(Date.parse(status().lastIncremental ?? '')).to.be.at.least(Date.parse(status().lastFull ?? ''));
    });

    it('restores a new set to a moment between two commits', async () => {
      await write();
      const between = await write();
      await write();
      const since = new Date();
      await fillSegments(1);
      await archived(since);
      expect(await restored({ targetTime: between })).to.deep.equal([1, 2]);
    });

    it('archives after a failover what the lost primary had not archived', async () => {
      await repository.takeAway();
      await write();
      await fillSegments(2);
      const old = set.member(operator.status().primary ?? '');
      const { term = 0 } = operator.status();
      await old.kill();
      await eventually(() => expect(operator.status().term).to.be.greaterThan(term), within);
      await write();
      await repository.giveBack();
      const since = new Date();
      await fillSegments(1);
      await archived(since);
      old.startAgent();
      expect(status()).not.to.have.property('gapAt');
      expect(await restored({})).to.deep.equal([1, 2, 3, 4, 5]);
    });

    it('hands over at once although the repository hangs', async () => {
      await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
      const [to = ''] = operator.routed('pg-ro');
      await repository.takeAway();
      await fillSegments(2);
      operator.editSpec({ switchover: { to, id: 'while it hangs' } });
      await eventually(() => expect(operator.routed('pg-rw')).to.deep.equal([to]), {
        withinMs: timeouts.soonMs * 2,
      });
    });

    it('gives WAL up before it fills the disk, says so, and makes a backup when the repository is back', async function () {
      this.timeout(timeouts.steadyStateMs + timeouts.backupRetriedMs);
      await fillSegments(8);
      await eventually(() => expect(condition('Archiving')).to.include({ reason: 'QueueFull' }), within);
      await repository.giveBack();
      await eventually(
        () => {
          const { gapAt, firstRecoverable } = status();
          expect(Date.parse(firstRecoverable ?? '')).to.be.greaterThan(Date.parse(gapAt ?? ''));
        },
        { withinMs: timeouts.backupRetriedMs },
      );
      expect(condition('Archiving')).to.include({ status: 'True' });
    });
  });
}

/** Writers are sent to the winner while it is still being promoted: as a shop does, they come again. */
async function writable(client: pg.Client): Promise<pg.Client> {
  const { rows } = await client.query<{ standby: boolean }>('SELECT pg_is_in_recovery() AS standby');
  if (!rows[0]?.standby) return client;
  await client.end();
  throw new Error('the member that writers are sent to is not promoted yet');
}

/** For the message of a set that does not get whole. */
function whereItStands(status: AgentStatus, set: PostgresSet): string {
  const { name, role, data, postgres, streaming, task, lastError } = status;
  const stands = `${name} ${role} ${data} ${postgres} streaming=${streaming} ${task ?? ''} ${lastError ?? ''}`;
  const log = readFileSync(join(set.member(name).folder, 'log'), 'utf8').split('\n');
  // Postgres says there why it does not start.
  return [stands, ...log.filter((line) => /FATAL|could not/.test(line)).slice(-3)].join('\n');
}

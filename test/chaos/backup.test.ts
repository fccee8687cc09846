// `make chaos SUITE=backup`: backups and the WAL archive of the shop's Postgres in a bucket of a real S3 server on the
// cluster. What they are worth, a restore, is tested in test/integration/operator/postgres-backup.test.ts against the
// same server. The set has no backups afterwards, as before.
import { expect } from 'chai';
import type { BackupReport } from '../../operator/postgres/backup/backup-report.ts';
import { eventually } from '../support/eventually.ts';
import { kubectl } from '../support/kubectl.ts';
import {
  healthyPostgres,
  postgresStatus,
  primaryAfter,
  signalPostgres,
} from '../support/postgres-cluster.ts';
import { startS3Pod } from '../support/s3-pod.ts';
import type { S3Pod } from '../support/s3-pod.ts';
import { timeouts } from '../support/timeouts.ts';

describe('backups of the shop’s Postgres to an S3 server on the cluster', function () {
  this.timeout(timeouts.chaosRunMs);
  let s3: S3Pod;
  const within = { withinMs: timeouts.rolloutMs, everyMs: 1000 };
  // A repository belongs to one database: each run has a folder of its own.
  const prefix = `/run-${Date.now().toString(36)}`;

  const report = async (): Promise<Partial<BackupReport>> => (await postgresStatus()).backup ?? {};
  const condition = async (type: string) =>
    (await postgresStatus()).conditions?.find((one) => one.type === type);
  const patch = (backup: object | null): Promise<string> =>
    kubectl(['patch', 'postgresset', 'pg', '--type=merge', '-p', JSON.stringify({ spec: { backup } })]);

  before(async () => {
    await healthyPostgres();
    s3 = await startS3Pod();
    const { endpoint, bucket, region } = s3;
    await patch({
      repository: { s3: { endpoint, bucket, region, prefix, pathStyle: true } },
      schedule: { full: '0 2 * * 0' },
      retention: { fullBackups: 2 },
    });
  });

  after(async () => {
    await patch(null);
    await s3.remove();
  });

  it('makes the first full backup by itself once the keys have reached the members', async () => {
    await eventually(async () => {
      expect(await report()).to.include({ count: 1 });
      expect(await condition('BackupReady')).to.include({ status: 'True' });
    }, within);
    expect(await s3.count(`*${prefix}/backup/*`)).to.be.greaterThan(0);
  });

  it('archives on after a failover', async () => {
    const { term = 0, primary } = await postgresStatus();
    const since = Date.now();
    await signalPostgres(primary ?? '', 'KILL', 'postmaster');
    await primaryAfter(term);
    await healthyPostgres();
    await eventually(async () => {
      expect(Date.parse((await report()).archivedAt ?? '')).to.be.greaterThan(since);
      expect(await condition('Archiving')).to.include({ status: 'True' });
    }, within);
  });

  it('makes the backup that is asked for', async () => {
    await patch({ request: { id: prefix.slice(1), type: 'incr' } });
    await eventually(async () => {
      expect(await report()).to.include({ requestDone: prefix.slice(1), count: 2 });
    }, within);
  });
});

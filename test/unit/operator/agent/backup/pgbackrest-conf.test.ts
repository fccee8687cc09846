import { expect } from 'chai';
import { pgbackrestConf, splitEndpoint } from '../../../../../operator/agent/backup/pgbackrest-conf.ts';
import type { ConfOptions } from '../../../../../operator/agent/backup/pgbackrest-conf.ts';
import { parseInfo } from '../../../../../operator/agent/backup/repository-info.ts';
import { targetArgs } from '../../../../../operator/agent/backup/restore.ts';

const options: ConfOptions = {
  ...{ stanza: 'pg', repository: { kind: 'volume' }, keys: null, volumePath: '/backups', port: 5432 },
  ...{ pgdata: '/data', socketDir: '/run', scratchDir: '/tmp/x' },
  retention: { unit: 'days', count: 14 },
};

const bucket = {
  kind: 's3',
  bucket: 'b',
  endpoint: 'e',
  region: 'r',
  prefix: '/',
  pathStyle: false,
} as const;

describe('pgBackRest’s configuration', () => {
  it('names a folder, how long backups are kept, and the database', () => {
    const lines = pgbackrestConf(options).split('\n');
    expect(lines).to.include.members(['repo1-type=posix', 'repo1-path=/backups', '[pg]', 'pg1-path=/data']);
    expect(lines).to.include.members(['repo1-retention-full=14', 'repo1-retention-full-type=time']);
  });

  it('names a bucket with its keys, its port and its own certificate authority', () => {
    const repository = { ...bucket, endpoint: 's3.example.org:7070', pathStyle: true };
    const keys = { accessKey: 'a', secretKey: 's', caFile: '/ca.crt' };
    const lines = pgbackrestConf({ ...options, repository, keys }).split('\n');
    expect(lines).to.include.members(['repo1-s3-endpoint=s3.example.org', 'repo1-storage-port=7070']);
    expect(lines).to.include.members(['repo1-s3-key=a', 'repo1-s3-key-secret=s', 'repo1-s3-uri-style=path']);
    expect(lines).to.include('repo1-storage-ca-file=/ca.crt');
    expect(splitEndpoint('s3.example.org')).to.deep.equal({ host: 's3.example.org', port: null });
  });

  it('refuses a value that would begin an option of its own', () => {
    const keys = { accessKey: 'a\nrepo1-path=/', secretKey: 's', caFile: null };
    expect(() => pgbackrestConf({ ...options, repository: bucket, keys })).to.throw('line break');
  });

  it('gives a moment to the microsecond, as Postgres logs it', () => {
    expect(targetArgs({ kind: 'time', value: '2026-11-22T10:00:00.123456Z' })).to.include(
      '--target=2026-11-22 10:00:00.123456+00',
    );
  });

  it('gives a moment in the form that Postgres and pgBackRest compare', () => {
    expect(targetArgs({ kind: 'time', value: '2026-11-22T11:00:00+01:00' })).to.include(
      '--target=2026-11-22 10:00:00+00',
    );
    expect(targetArgs(null)).to.deep.equal(['--type=default']);
    expect(() => targetArgs({ kind: 'time', value: 'yesterday' })).to.throw('no time');
  });
});

describe('what pgBackRest says about the repository', () => {
  const stanza = (code: number, more: object = {}) =>
    JSON.stringify([{ name: 'pg', status: { code, message: 'why' }, archive: [], backup: [], ...more }]);

  it('is a missing stanza, an error, or a list without the backups that failed', () => {
    expect(parseInfo(stanza(1), 'pg')).to.deep.equal({ exists: false, backups: [], lastArchived: null });
    expect(() => parseInfo(stanza(99), 'pg')).to.throw('why');
    const backup = (error: boolean) => ({
      ...{ label: 'l', type: 'full', error, timestamp: { start: 0, stop: 1 } },
      info: { repository: { delta: 5 } },
    });
    const archive = [{ max: '000000010000000000000002' }, { max: null }];
    const info = parseInfo(stanza(0, { archive, backup: [backup(true), backup(false)] }), 'pg');
    expect(info.lastArchived).to.equal('000000010000000000000002');
    expect(info.backups).to.have.length(1);
    expect(info.backups[0]).to.include({ bytes: 5, finishedAt: '1970-01-01T00:00:01.000Z' });
  });
});

// pgBackRest's configuration file and its command lines: pure texts. One file per purpose, because a set that is being
// restored reads one repository and may archive into another.
import type { BackupSettings, Repository } from './backup-settings.ts';

/** What the repository's Secret holds. */
export interface RepositoryKeys {
  readonly accessKey: string;
  readonly secretKey: string;
  /** Path of the certificate authority of a private server; null: the system's. */
  readonly caFile: string | null;
}

export interface ConfOptions {
  readonly stanza: string;
  readonly repository: Repository;
  readonly retention: BackupSettings['retention'] | null;
  /** Of an S3 repository. */
  readonly keys: RepositoryKeys | null;
  /** Where the volume of kind `volume` is mounted. */
  readonly volumePath: string;
  readonly pgdata: string;
  readonly socketDir: string;
  readonly port: number;
  readonly scratchDir: string;
}

export function pgbackrestConf(options: ConfOptions): string {
  const { stanza, pgdata, socketDir, port, scratchDir } = options;
  const global: readonly (readonly [string, string])[] = [
    ...repositoryLines(options),
    ...retentionLines(options.retention),
    // Small files travel together: an object store charges and waits per object.
    ['repo1-bundle', 'y'],
    ['compress-type', 'zst'],
    ['start-fast', 'y'],
    ['log-level-file', 'off'],
    ['log-level-console', 'warn'],
    ['log-level-stderr', 'off'],
    ['lock-path', `${scratchDir}/lock`],
    ['spool-path', `${scratchDir}/spool`],
    // A repository that hangs must not hold the archiver, which a stop of Postgres waits for.
    ['io-timeout', '20'],
  ];
  const own: readonly (readonly [string, string])[] = [
    ['pg1-path', pgdata],
    ['pg1-socket-path', socketDir],
    ['pg1-port', String(port)],
    ['pg1-user', 'postgres'],
  ];
  return `[global]\n${lines(global)}\n[${stanza}]\n${lines(own)}`;
}

function lines(entries: readonly (readonly [string, string])[]): string {
  return entries.map(([key, value]) => `${key}=${oneLine(value)}\n`).join('');
}

/** A line break in a value would begin an option of its own. */
function oneLine(value: string): string {
  if (/[\r\n]/.test(value)) throw new Error('pgbackrest: a value holds a line break');
  return value;
}

function repositoryLines({ repository, keys, volumePath }: ConfOptions): [string, string][] {
  if (repository.kind === 'volume') {
    return [
      ['repo1-type', 'posix'],
      ['repo1-path', volumePath],
    ];
  }
  const { host, port } = splitEndpoint(repository.endpoint);
  return [
    ['repo1-type', 's3'],
    ['repo1-path', repository.prefix],
    ['repo1-s3-bucket', repository.bucket],
    ['repo1-s3-endpoint', host],
    ...(port === null ? [] : ([['repo1-storage-port', port]] as [string, string][])),
    ['repo1-s3-region', repository.region],
    ['repo1-s3-uri-style', repository.pathStyle ? 'path' : 'host'],
    ...keyLines(keys),
  ];
}

function keyLines(keys: RepositoryKeys | null): [string, string][] {
  if (!keys) return [];
  return [
    ['repo1-s3-key', keys.accessKey],
    ['repo1-s3-key-secret', keys.secretKey],
    ...(keys.caFile === null ? [] : ([['repo1-storage-ca-file', keys.caFile]] as [string, string][])),
  ];
}

export function splitEndpoint(endpoint: string): { host: string; port: string | null } {
  const match = /^(.*):(\d+)$/.exec(endpoint);
  return match ? { host: match[1] ?? '', port: match[2] ?? null } : { host: endpoint, port: null };
}

function retentionLines(retention: ConfOptions['retention']): [string, string][] {
  if (!retention) return [];
  return [
    ['repo1-retention-full', String(retention.count)],
    ['repo1-retention-full-type', retention.unit === 'days' ? 'time' : 'count'],
  ];
}

/** For postgresql.conf; %p is Postgres'. */
export function archivePush(program: string, conf: string, stanza: string): string {
  return `${program} --config=${conf} --stanza=${stanza} archive-push "%p"`;
}

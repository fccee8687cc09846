// pgBackRest's program, run to its end with a deadline and its own error in the message. It reads and writes the
// repository only through the configuration file written here, which holds the keys and is readable by nobody else.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readPassword } from '../passwords/known-passwords.ts';
import type { Settings } from '../settings.ts';
import { writeBeside } from '../write-beside.ts';
import type { BackupSettings, Repository } from './backup-settings.ts';
import { pgbackrestConf } from './pgbackrest-conf.ts';
import type { RepositoryKeys } from './pgbackrest-conf.ts';

export interface Target {
  readonly stanza: string;
  readonly repository: Repository;
  readonly retention: BackupSettings['retention'] | null;
}

export interface PgbackrestRun {
  readonly settings: Settings;
  /** As writePgbackrestConf() returned it. */
  readonly conf: string;
  readonly stanza: string;
  readonly args: readonly string[];
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/** Writes the configuration when it changed; returns its path. Throws when the repository's keys are missing. */
export function writePgbackrestConf(settings: Settings, name: string, target: Target): string {
  const path = join(settings.confDir, `${name}.conf`);
  const keys = target.repository.kind === 's3' ? readKeys(settings.backup.credentialsDir) : null;
  const text = pgbackrestConf({
    ...{ stanza: target.stanza, repository: target.repository, retention: target.retention, keys },
    ...{ volumePath: settings.backup.volumePath, pgdata: settings.pgdata, socketDir: settings.socketDir },
    port: settings.postgresPort,
    scratchDir: settings.backup.scratchDir,
  });
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeBeside(path, text);
  return path;
}

function readKeys(folder: string): RepositoryKeys {
  const read = (key: string): string => {
    const path = join(folder, key);
    if (!existsSync(path)) throw new Error(`backup: the repository's Secret holds no ${key}`);
    return readFileSync(path, 'utf8').trim();
  };
  const caFile = join(folder, 'ca.crt');
  return {
    accessKey: read('access-key'),
    secretKey: read('secret-key'),
    caFile: existsSync(caFile) ? caFile : null,
  };
}

/** Resolves with what it printed. Rejects with pgBackRest's own error line. */
export function pgbackrest(run: PgbackrestRun): Promise<string> {
  const { settings, conf, stanza, args, deadlineMs, signal } = run;
  return new Promise((resolve, reject) => {
    const child = execFile(
      settings.backup.program,
      [`--config=${conf}`, `--stanza=${stanza}`, ...args],
      {
        ...{ timeout: deadlineMs, signal, maxBuffer: MAX_OUTPUT_BYTES, killSignal: 'SIGTERM' },
        cwd: settings.confDir,
        env: {
          PATH: process.env.PATH,
          LC_ALL: 'C.UTF-8',
          PGPASSWORD: readPassword(settings, 'superuser-password'),
        },
      },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(new Error(`pgbackrest ${args.at(-1) ?? ''}: ${reasonOf(stdout + stderr, error)}`));
      },
    );
    child.stdin?.on('error', () => undefined).end();
  });
}

/** "ERROR: [055]: unable to …" without time stamps, or the last lines when it said nothing of the kind. */
function reasonOf(output: string, error: Error): string {
  const lines = output.trim().split('\n');
  const at = lines.findIndex((line) => line.includes('ERROR:'));
  const said = at >= 0 ? lines.slice(at, at + 2) : lines.slice(-2);
  const text = said
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .replace(/^.*?ERROR: /, '')
    .trim();
  return text === '' ? (error.message.split('\n')[0] ?? '') : text.slice(0, 300);
}

// Postgres' own programs, each run to its end with a deadline and its last words in the error.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { configFiles } from './config-files.ts';
import type { Lsn } from './lsn.ts';
import { conninfo } from './postgres-config.ts';
import type { Settings, Source } from './settings.ts';

interface RunOptions {
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
}

const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;

/** Runs one program of Postgres; resolves with what it printed. Rejects with its last lines. */
function run(
  settings: Settings,
  program: string,
  args: readonly string[],
  options: RunOptions,
): Promise<string> {
  const { deadlineMs, signal } = options;
  return new Promise((resolve, reject) => {
    const child = execFile(
      join(settings.binDir, program),
      [...args],
      // LC_ALL: pg_controldata's labels are translated, and this reads them.
      {
        timeout: deadlineMs,
        signal,
        maxBuffer: MAX_OUTPUT_BYTES,
        killSignal: 'SIGKILL',
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
        cwd: settings.confDir,
      },
      (error, stdout, stderr) => {
        if (!error) resolve(stdout);
        else reject(new Error(`${program}: ${lastLines(stderr) || error.message}`, { cause: error }));
      },
    );
    // Nothing to say to it; a single-user Postgres ends when its input does.
    child.stdin?.on('error', () => undefined).end();
  });
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ');
}

export interface ControlData {
  readonly systemId: string;
  /** As pg_controldata says it: "in production", "shut down", "in archive recovery", … */
  readonly state: string;
  /** Where the latest checkpoint record begins. */
  readonly checkpointLsn: Lsn;
  readonly timeline: number;
}

/** What the database's control file says; null when there is no database. */
export async function readControlData(settings: Settings): Promise<ControlData | null> {
  if (!existsSync(join(settings.pgdata, 'PG_VERSION'))) return null;
  const text = await run(settings, 'pg_controldata', ['-D', settings.pgdata], { deadlineMs: 5000 });
  const field = (label: string): string => {
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${label}:`));
    if (line === undefined) throw new Error(`pg_controldata: no line "${label}"`);
    return line.slice(label.length + 1).trim();
  };
  return {
    systemId: field('Database system identifier'),
    state: field('Database cluster state'),
    checkpointLsn: field('Latest checkpoint location'),
    timeline: Number(field("Latest checkpoint's TimeLineID")),
  };
}

/** Makes a new, empty database with checksums; what a broken try left behind is removed first. */
export async function initdb(settings: Settings, signal: AbortSignal): Promise<void> {
  await rm(settings.pgdata, { recursive: true, force: true });
  await run(
    settings,
    'initdb',
    [
      ...[
        '-D',
        settings.pgdata,
        '--username=postgres',
        `--pwfile=${join(settings.credentialsDir, 'superuser-password')}`,
      ],
      ...['--auth=scram-sha-256', '--data-checksums', '--encoding=UTF8', '--locale=C.UTF-8'],
    ],
    { deadlineMs: 120_000, signal },
  );
}

const copyOf = ({ pgdata }: Settings): string => `${pgdata}.clone`;

/** Copies `source`'s database beside PGDATA: the old data goes only when the copy is whole. */
export async function copyBeside(settings: Settings, source: Source, signal: AbortSignal): Promise<void> {
  const fresh = copyOf(settings);
  await rm(fresh, { recursive: true, force: true });
  // A clone in progress must never count as one of the voters.
  const dsn = conninfo(settings, source, configFiles(settings).passfile, 'clone');
  await run(
    settings,
    'pg_basebackup',
    ['-D', fresh, '-d', dsn, '-X', 'stream', '--checkpoint=fast', '--no-password'],
    { deadlineMs: 3_600_000, signal },
  );
}

/** Puts the copy in place. Cut off in between there is no database here, or one that does not know it is a standby's. */
export async function putCopyInPlace(settings: Settings): Promise<void> {
  const old = `${settings.pgdata}.old`;
  await rm(old, { recursive: true, force: true });
  if (existsSync(settings.pgdata)) await rename(settings.pgdata, old);
  await rename(copyOf(settings), settings.pgdata);
  await rm(old, { recursive: true, force: true });
}

/**
 * Crash recovery without serving anybody, then an orderly stop: as pg_rewind does it, but before we count, and on disk
 * when it ends, for nothing may follow that syncs the volume.
 */
export async function recoverAlone(settings: Settings, signal: AbortSignal): Promise<void> {
  const { conf } = configFiles(settings);
  const args = ['--single', '-D', settings.pgdata, '-c', `config_file=${conf}`, 'template1'];
  await run(settings, 'postgres', args, { deadlineMs: 600_000, signal });
}

/**
 * Turns PGDATA back to where it left `source`'s history. Postgres must be stopped and standby.signal absent, or the
 * crash recovery inside pg_rewind would wait for a primary for ever.
 */
export async function rewind(settings: Settings, source: Source, signal: AbortSignal): Promise<void> {
  const { conf, passfile } = configFiles(settings);
  const args = [
    ...['-D', settings.pgdata, '--source-server', conninfo(settings, source, passfile, 'rewind')],
    `--config-file=${conf}`,
  ];
  await run(settings, 'pg_rewind', args, { deadlineMs: 600_000, signal });
}

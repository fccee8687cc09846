// The first database of a set made from another one's backup: the files are restored, the archive is replayed to the
// wanted point by a server nobody else can reach, and the roles get this set's passwords. Only then is it a database
// like one from initdb; until then the promise calls it torn, and a broken try begins anew.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { configFiles } from '../config-files.ts';
import { readPassword } from '../passwords/known-passwords.ts';
import { scramVerifier } from '../passwords/scram.ts';
import { REPLICATION_ROLE } from '../postgres-config.ts';
import type { Settings } from '../settings.ts';
import type { Machine } from '../state.ts';
import type { RestoreOrder } from './backup-settings.ts';
import { pgbackrest, writePgbackrestConf } from './pgbackrest.ts';

const RESTORE_MS = 12 * 3_600_000;
const REPLAY_MS = 12 * 3_600_000;
const STOP_MS = 120_000;
const LOOK_MS = 100;
/** Last words of the server that are kept for the error. */
const KEPT_CHARS = 4000;

export async function restoreDatabase(
  machine: Machine,
  order: RestoreOrder,
  signal: AbortSignal,
): Promise<void> {
  const { settings } = machine;
  machine.task = `restore of ${order.stanza}`;
  try {
    await rm(settings.pgdata, { recursive: true, force: true });
    mkdirSync(settings.pgdata, { mode: 0o700 });
    const conf = writePgbackrestConf(settings, 'restore', { ...order, retention: null });
    const args = [...targetArgs(order.target), '--archive-mode=off', 'restore'];
    await pgbackrest({ settings, conf, stanza: order.stanza, args, deadlineMs: RESTORE_MS, signal });
    machine.task = `replay of ${order.stanza}`;
    await replay(settings, signal);
  } finally {
    machine.task = null;
  }
}

/** pgBackRest picks the newest backup that ended before the target. */
export function targetArgs(target: RestoreOrder['target']): readonly string[] {
  if (!target) return ['--type=default'];
  const value = target.kind === 'time' ? timeForPostgres(target.value) : target.value;
  return [`--type=${target.kind}`, `--target=${value}`, '--target-action=promote'];
}

/**
 * "2026-01-31 12:00:00.123456+00": Postgres' own form, in which pgBackRest compares it with the ends of backups. The
 * fraction is taken as it was written: a `Date` keeps milliseconds, and would leave out what was committed in the last
 * microseconds before the target.
 */
function timeForPostgres(text: string): string {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new Error(`restore: "${text}" is no time`);
  const [fraction = ''] = /\.\d+/.exec(text) ?? [];
  return `${at.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length).replace('T', ' ')}${fraction}+00`;
}

async function replay(settings: Settings, signal: AbortSignal): Promise<void> {
  const socketDir = join(settings.socketDir, 'restore');
  mkdirSync(socketDir, { recursive: true, mode: 0o700 });
  const server = startAlone(settings, socketDir);
  const abort = (): void => void server.child.kill('SIGQUIT');
  signal.addEventListener('abort', abort, { once: true });
  try {
    await untilWritable(settings, socketDir, server);
    await setPasswords(settings, socketDir);
    server.child.kill('SIGINT');
    if (!(await Promise.race([server.exited.then(() => true), sleep(STOP_MS, false)]))) {
      throw new Error('restore: the replayed server did not stop in time');
    }
  } finally {
    signal.removeEventListener('abort', abort);
    server.child.kill('SIGQUIT');
    await server.exited;
    await rm(socketDir, { recursive: true, force: true });
  }
}

interface Alone {
  readonly child: ChildProcess;
  readonly exited: Promise<void>;
  readonly lastWords: () => string;
}

/** Reached only through a socket in a folder of its own, where nobody needs a password: those are still the source's. */
function startAlone(settings: Settings, socketDir: string): Alone {
  const hba = join(settings.confDir, 'restore_hba.conf');
  writeFileSync(hba, 'local all postgres trust\n', { mode: 0o600 });
  const overrides = [
    ...['listen_addresses=', `unix_socket_directories=${socketDir}`, 'unix_socket_permissions=0700'],
    ...['synchronous_standby_names=', 'hot_standby=on'],
  ];
  const { conf } = configFiles(settings);
  const files = [`config_file=${conf}`, `hba_file=${hba}`];
  const args = ['-D', settings.pgdata, ...[...files, ...overrides].flatMap((value) => ['-c', value])];
  const child = spawn(join(settings.binDir, 'postgres'), args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    cwd: settings.confDir,
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
  });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString('utf8')).slice(-KEPT_CHARS);
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  return { child, exited, lastWords: () => fatalLine(words) };
}

function fatalLine(words: string): string {
  const lines = words.trim().split('\n');
  return (lines.findLast((line) => line.includes('FATAL')) ?? lines.at(-1) ?? '').replace(/^.*FATAL: +/, '');
}

/** Recovery has ended and the server takes writes. Rejects when it ends before, with its reason. */
async function untilWritable(settings: Settings, socketDir: string, server: Alone): Promise<void> {
  const giveUpMs = performance.now() + REPLAY_MS;
  let ended = false;
  void server.exited.then(() => (ended = true));
  while (performance.now() < giveUpMs) {
    if (hasEnded()) throw new Error(`restore: replay ended: ${server.lastWords()}`);
    if (await isWritable(settings, socketDir)) return;
    await sleep(LOOK_MS);
  }
  throw new Error('restore: replay took too long');

  function hasEnded(): boolean {
    return ended;
  }
}

async function isWritable(settings: Settings, socketDir: string): Promise<boolean> {
  try {
    const [row] = await query<{ done: boolean }>(
      settings,
      socketDir,
      'SELECT NOT pg_is_in_recovery() AS done',
    );
    return row?.done === true;
  } catch {
    return false;
  }
}

async function setPasswords(settings: Settings, socketDir: string): Promise<void> {
  const roles = [
    ['postgres', 'superuser-password'],
    [REPLICATION_ROLE, 'replication-password'],
    [settings.owner, 'app-password'],
  ] as const;
  for (const [role, key] of roles) {
    const password = pg.escapeLiteral(scramVerifier(readPassword(settings, key)));
    const known = await query(
      settings,
      socketDir,
      `SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(role)}`,
    );
    if (known.length === 0) continue;
    await query(settings, socketDir, `ALTER ROLE ${pg.escapeIdentifier(role)} PASSWORD ${password}`);
  }
}

async function query<Row extends object>(
  settings: Settings,
  host: string,
  text: string,
): Promise<readonly Row[]> {
  const client = new pg.Client({
    ...{ host, port: settings.postgresPort, user: 'postgres', database: 'postgres' },
    ...{ connectionTimeoutMillis: 2000, query_timeout: 10_000, application_name: 'restore' },
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

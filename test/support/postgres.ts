// A real Postgres 17 for one test file: started from nothing in about two seconds, without durability, closed and
// removed by `close()`. Every caller closes it in `after`; a killed test run takes it along.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { startLocalPostgres } from '../../app/dev/postgres.ts';
import type { LocalProcess } from '../../app/dev/processes.ts';
import { freePort } from './free-port.ts';
import { timeouts } from './timeouts.ts';

export interface TestPostgres {
  readonly host: string;
  readonly port: number;
  /** Of the superuser `postgres`. */
  readonly password: string;
  /** The server process, for faults: `server().signal('SIGSTOP')`. */
  server: () => LocalProcess;
  /** A connection string for the database, as superuser or as the given role. */
  url: (database?: string, role?: { readonly user: string; readonly password: string }) => string;
  /** Creates an empty database, owned by a role of the same name with the same password as the superuser's. */
  createDatabase: (name: string) => Promise<DatabaseAccess>;
  /** Runs one statement as superuser and returns its rows. */
  query: <Row extends pg.QueryResultRow>(
    sql: string,
    values?: unknown[],
    database?: string,
  ) => Promise<Row[]>;
  /** Ends the server as a crash would, with no orderly shutdown, keeping its data. */
  crash: () => Promise<void>;
  /** Stops the server in order, keeping its data. */
  stop: () => Promise<void>;
  /** Starts it again on the same port with the same data. */
  start: () => Promise<void>;
  close: () => Promise<void>;
}

/** What the app's configuration needs to reach one database. */
export interface DatabaseAccess {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly url: string;
}

/** Nothing here survives a power cut, and nothing has to: the data lives as long as one test file. */
const fastSettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '32MB',
  max_connections: '60',
  autovacuum: 'off',
  max_wal_size: '256MB',
};

/** Starts a Postgres of its own. `settings` come on top of the fast ones. */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<TestPostgres> {
  const root = await mkdtemp(join(tmpdir(), 'test-postgres-'));
  // The server may run as `nobody`, which has to pass through a directory that is ours.
  await chmod(root, 0o711);
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const startServer = (): Promise<LocalProcess> =>
    startLocalPostgres({
      dataDir: join(root, 'data'),
      port,
      password,
      settings: { ...fastSettings, ...settings },
      startTimeoutMs: timeouts.localServerReadyMs,
    });
  const removeData = (): Promise<void> => rm(root, { recursive: true, force: true });
  const first = await startServer().catch(async (error: unknown) => {
    await removeData();
    throw error;
  });
  return handleOf(port, password, first, startServer, removeData);
}

function handleOf(
  port: number,
  password: string,
  first: LocalProcess,
  startServer: () => Promise<LocalProcess>,
  removeData: () => Promise<void>,
): TestPostgres {
  let server = first;
  const host = '127.0.0.1';
  const url: TestPostgres['url'] = (database = 'postgres', role = { user: 'postgres', password }) =>
    `postgres://${role.user}:${role.password}@${host}:${port}/${database}`;
  const query: TestPostgres['query'] = (sql, values, database) => queryOnce(url(database), sql, values);
  return {
    host,
    port,
    password,
    server: () => server,
    url,
    query,
    createDatabase: async (name) => {
      const role = { user: name, password };
      await query(`CREATE ROLE ${pg.escapeIdentifier(name)} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
      await query(`CREATE DATABASE ${pg.escapeIdentifier(name)} OWNER ${pg.escapeIdentifier(name)}`);
      return { host, port, database: name, ...role, url: url(name, role) };
    },
    crash: async () => {
      // SIGQUIT is Postgres' own "immediate" shutdown; SIGKILL would leave its children holding shared memory.
      server.signal('SIGQUIT');
      await server.exited;
    },
    stop: () => server.stop(),
    start: async () => {
      server = await startServer();
    },
    close: async () => {
      await server.stop();
      await removeData();
    },
  };
}

async function queryOnce<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: timeouts.soonMs });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

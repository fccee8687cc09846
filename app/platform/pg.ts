// The app's way to Postgres: `read` (replica when it is fresh enough for this shopper, else the primary),
// `transaction` and `write` (always the primary). Each retries faults of a failover inside the request's
// deadline, so a shopper waits a moment instead of reading an error. Work given to it must be safe to run
// twice: a reply lost in a failover says nothing about the commit.
import type pg from 'pg';
import type { Deadline } from './deadline.ts';
import { remainingMs } from './deadline.ts';
import { isRetriable, unacknowledgedCommit } from './pg-errors.ts';
import type { PgPool } from './pg-pool.ts';
import type { Statement } from './sql.ts';
import { sql } from './sql.ts';

export interface Querier {
  readonly rows: <R extends object>(statement: Statement) => Promise<R[]>;
  /** The only row, or undefined. */
  readonly row: <R extends object>(statement: Statement) => Promise<R | undefined>;
  /** Number of rows changed. */
  readonly run: (statement: Statement) => Promise<number>;
}

export interface ReadOptions {
  readonly deadline: Deadline;
  /** Position of this shopper's last write; a replica that has not replayed it is not asked. */
  readonly afterLsn: string | null;
  /** Never from a replica: for what must be right across browsers, such as a password. */
  readonly primary?: boolean;
}

export interface Written<T> {
  readonly value: T;
  /** Position in the WAL behind this write: hand it back as `afterLsn` to read it. */
  readonly lsn: string;
}

export interface Database {
  readonly read: <T>(work: (q: Querier) => Promise<T>, options: ReadOptions) => Promise<T>;
  readonly transaction: <T>(work: (q: Querier) => Promise<T>, deadline: Deadline) => Promise<Written<T>>;
  readonly stats: () => readonly { name: string; total: number; idle: number; waiting: number }[];
  readonly close: () => Promise<void>;
}

export interface DatabaseEvents {
  readonly retried: (pool: 'rw' | 'ro', error: unknown) => void;
  readonly transactionStarted: () => void;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;
const SYNC_WAIT_CANCELLED = /canceling (the )?wait for synchronous replication/i;

function querierOn(client: pg.PoolClient): Querier {
  return {
    rows: async <R extends object>(statement: Statement) => (await client.query<R>(statement)).rows,
    row: async <R extends object>(statement: Statement) => (await client.query<R>(statement)).rows[0],
    run: async (statement) => (await client.query(statement)).rowCount ?? 0,
  };
}

function pause(attempt: number): Promise<void> {
  const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt);
  return new Promise((resolve) => setTimeout(resolve, longestMs * (0.5 + Math.random() / 2)));
}

/** Commits, and refuses to call it done when Postgres warned that no standby confirmed it. */
async function commit(client: pg.PoolClient): Promise<void> {
  const warnings: string[] = [];
  const onNotice = (notice: { message?: string | undefined }): void => {
    warnings.push(notice.message ?? '');
  };
  client.on('notice', onNotice);
  try {
    await client.query('COMMIT');
  } finally {
    client.off('notice', onNotice);
  }
  if (warnings.some((text) => SYNC_WAIT_CANCELLED.test(text))) throw unacknowledgedCommit();
}

async function inTransaction<T>(
  client: pg.PoolClient,
  work: (q: Querier) => Promise<T>,
): Promise<Written<T>> {
  await client.query('BEGIN');
  let value: T;
  try {
    value = await work(querierOn(client));
  } catch (error) {
    // The connection may be the thing that failed; the first error is the one to tell.
    if (!isRetriable(error)) await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await commit(client);
  const position = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  return { value, lsn: position.rows[0]?.lsn ?? '' };
}

async function hasReplayed(q: Querier, lsn: string): Promise<boolean> {
  const found = await q.row<{ fresh: boolean }>(
    sql`SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn AS fresh`,
  );
  return found?.fresh === true;
}

type Retried = DatabaseEvents['retried'];

async function retrying<T>(
  pool: PgPool,
  deadline: Deadline,
  retried: Retried,
  attemptOnce: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await attemptOnce();
    } catch (error) {
      if (!isRetriable(error) || remainingMs(deadline) <= LONGEST_PAUSE_MS) throw error;
      retried(pool.name, error);
      await pause(attempt);
    }
  }
}

/** Undefined when the replica has not replayed `afterLsn` yet. */
function fromReplica<T>(pool: PgPool, work: (q: Querier) => Promise<T>, afterLsn: string | null) {
  return pool.use(async (client) => {
    const q = querierOn(client);
    if (afterLsn !== null && !(await hasReplayed(q, afterLsn))) return undefined;
    return { value: await work(q) };
  });
}

export function createDatabase(pools: { rw: PgPool; ro: PgPool }, events: DatabaseEvents): Database {
  async function tryReplica<T>(work: (q: Querier) => Promise<T>, afterLsn: string | null) {
    try {
      return await fromReplica(pools.ro, work, afterLsn);
    } catch (error) {
      if (!isRetriable(error)) throw error;
      events.retried('ro', error);
      return undefined;
    }
  }

  return {
    read: async (work, options) => {
      const found = options.primary === true ? undefined : await tryReplica(work, options.afterLsn);
      if (found !== undefined) return found.value;
      return retrying(pools.rw, options.deadline, events.retried, () =>
        pools.rw.use((client) => work(querierOn(client))),
      );
    },
    transaction: (work, deadline) =>
      retrying(pools.rw, deadline, events.retried, () => {
        events.transactionStarted();
        return pools.rw.use((client) => inTransaction(client, work));
      }),
    stats: () => [pools.rw, pools.ro].map((pool) => ({ name: pool.name, ...pool.stats() })),
    close: async () => {
      await Promise.all([pools.rw.close(), pools.ro.close()]);
    },
  };
}

// The app's way to Postgres: `read` (replica when it is fresh enough for this shopper, else the primary) and
// `transaction` (always the primary). Both retry faults of a failover inside the request's deadline, so a shopper waits a
// moment instead of reading an error. Work given to it must be safe to run twice: a reply lost in a failover says nothing
// about the commit.
import type pg from 'pg';
import type { Deadline } from './deadline.ts';
import { remainingMs } from './deadline.ts';
import { isConnectionFault, isRetriable, meansWaitCancelled, unacknowledgedCommit } from './pg-errors.ts';
import type { Notice } from './pg-errors.ts';
import type { PgPool } from './pg-pool.ts';
import { createReplicaChecks } from './pg-replica.ts';
import type { Statement } from './sql.ts';

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

/** For what must be right now, whoever wrote it. */
export function onPrimary(deadline: Deadline): ReadOptions {
  return { deadline, afterLsn: null, primary: true };
}

export interface Written<T> {
  readonly value: T;
  /** Position in the WAL behind this write: hand it back as `afterLsn` to read it. */
  readonly lsn: string;
}

export interface Database {
  readonly read: <T>(work: (q: Querier) => Promise<T>, options: ReadOptions) => Promise<T>;
  readonly transaction: <T>(work: (q: Querier) => Promise<T>, deadline: Deadline) => Promise<Written<T>>;
  /** Of the replica that was asked last. */
  readonly replicaLagMs: () => number;
  readonly stats: () => readonly { name: string; total: number; idle: number; waiting: number }[];
  readonly close: () => Promise<void>;
}

export interface DatabaseEvents {
  readonly retried: (pool: 'rw' | 'ro', error: unknown) => void;
  readonly transactionStarted: () => void;
  /** A replica was not read, and why; the primary is asked instead. */
  readonly replicaRefused: (reason: 'lag' | 'own-write' | 'fault') => void;
}

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 250;

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

/**
 * Makes the commit wait for a standby also when nothing was written. Work that is repeated after its commit was cut off
 * finds its own rows, writes nothing, and would be acknowledged at once, although only the primary has them yet.
 */
async function makeCommitWait(client: pg.PoolClient): Promise<void> {
  const { rows } = await client.query<{ waits: boolean }>(`SELECT CASE
    WHEN pg_current_xact_id_if_assigned() IS NOT NULL THEN true
    WHEN pg_is_in_recovery() THEN false
    ELSE pg_logical_emit_message(true, 'shop', 'seen') IS NOT NULL END AS waits`);
  if (rows[0]?.waits !== true) throw unacknowledgedCommit();
}

/** Commits, and refuses to call it done when Postgres warned that no standby confirmed it. */
async function commit(client: pg.PoolClient): Promise<void> {
  const wait = { cancelled: false };
  const onNotice = (notice: Notice): void => {
    wait.cancelled ||= meansWaitCancelled(notice);
  };
  client.on('notice', onNotice);
  try {
    const { command } = await client.query('COMMIT');
    // What COMMIT answers when a statement before it had failed and nobody said so.
    if (command !== 'COMMIT') throw new Error(`postgres: commit: answered with ${command}`);
  } finally {
    client.off('notice', onNotice);
  }
  if (wait.cancelled) throw unacknowledgedCommit();
}

async function inTransaction<T>(
  client: pg.PoolClient,
  work: (q: Querier) => Promise<T>,
): Promise<Written<T>> {
  await client.query('BEGIN');
  let value: T;
  try {
    value = await work(querierOn(client));
    await makeCommitWait(client);
  } catch (error) {
    // The connection may be the thing that failed; the first error is the one to tell.
    if (!isConnectionFault(error)) await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  await commit(client);
  const position = await client.query<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
  return { value, lsn: position.rows[0]?.lsn ?? '' };
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

export function createDatabase(pools: { rw: PgPool; ro: PgPool }, events: DatabaseEvents): Database {
  const replica = createReplicaChecks();

  /** Undefined when the replica may not be read, or failed. */
  async function tryReplica<T>(work: (q: Querier) => Promise<T>, afterLsn: string | null) {
    try {
      return await pools.ro.use(async (client) => {
        const refusal = await replica.refusal(client, afterLsn);
        if (refusal === undefined) return { value: await work(querierOn(client)) };
        events.replicaRefused(refusal);
        return undefined;
      });
    } catch (error) {
      if (!isRetriable(error)) throw error;
      events.retried('ro', error);
      events.replicaRefused('fault');
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
    replicaLagMs: replica.lagMs,
    stats: () => [pools.rw, pools.ro].map((pool) => ({ name: pool.name, ...pool.stats() })),
    close: async () => {
      await Promise.all([pools.rw.close(), pools.ro.close()]);
    },
  };
}

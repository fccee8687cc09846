// What Postgres says about itself: one query for a primary, one for a standby.
import { laterLsn } from './lsn.ts';
import type { Lsn } from './lsn.ts';
import type { StandbyView } from './protocol.ts';
import type { Sql } from './sql.ts';

export interface Sample {
  readonly inRecovery: boolean;
  /** Primary: end of the written WAL. Standby: the later of received and replayed. */
  readonly lsn: Lsn | null;
  readonly replayLsn: Lsn | null;
  readonly walReceiverPid: number | null;
  /**
   * Seen by two looks in a row. Postgres says so from the moment a receiver has connected: one whose WAL is gone at its
   * source is refused in the next, and was taken for one that streams ten times a second.
   */
  readonly walReceiverStreaming: boolean;
  /** The configuration that is loaded names nobody to receive from. */
  readonly cutOff: boolean;
  /**
   * The startup process found the end of the local WAL and waits before it looks again: everything that was
   * received is replayed. A standby that was just started answers queries long before that, at a position that
   * was 222 MB too low when measured.
   */
  readonly atEndOfWal: boolean;
  readonly standbys: readonly StandbyView[];
}

interface BaseRow {
  readonly in_recovery: boolean;
  readonly written: Lsn | null;
  readonly receiver_pid: number | null;
  readonly receiver_status: string | null;
  readonly cut_off: boolean;
  readonly startup_wait: string | null;
  readonly received: Lsn | null;
  readonly replayed: Lsn | null;
}

// The order matters: first the receiver, then what the startup process waits for, then the positions. A position
// read after "waits at the end" is final as long as there is no receiver.
const BASE = `
  WITH receiver AS MATERIALIZED (SELECT pid, status FROM pg_stat_wal_receiver),
       startup AS MATERIALIZED (SELECT wait_event FROM pg_stat_activity WHERE backend_type = 'startup')
  SELECT pg_is_in_recovery() AS in_recovery,
         (SELECT pid FROM receiver) AS receiver_pid,
         (SELECT status FROM receiver) AS receiver_status,
         (SELECT wait_event FROM startup) AS startup_wait,
         current_setting('primary_conninfo') = '' AS cut_off,
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() END AS received,
         CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() END AS replayed,
         CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_lsn() END AS written`;

const STANDBYS = `
  SELECT split_part(application_name, ':', 1) AS name, state, flush_lsn AS flush,
         pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float8 AS lag
    FROM pg_stat_replication WHERE application_name <> 'clone'`;

/** @param before the look before this one. Rejects when Postgres does not answer in time or accepts no connections yet. */
export async function takeSample(sql: Sql, before: Sample | null): Promise<Sample> {
  const [row] = await sql.query<BaseRow>(BASE);
  if (!row) throw new Error('sample: no row');
  const standbys = row.in_recovery ? [] : await readStandbys(sql);
  return {
    inRecovery: row.in_recovery,
    lsn: row.in_recovery ? laterLsn(row.received, row.replayed) : row.written,
    replayLsn: row.replayed,
    walReceiverPid: row.receiver_pid,
    walReceiverStreaming: row.receiver_status === 'streaming' && row.receiver_pid === before?.walReceiverPid,
    cutOff: row.cut_off,
    atEndOfWal: row.startup_wait === 'RecoveryRetrieveRetryInterval',
    standbys,
  };
}

interface StandbyRow {
  readonly name: string;
  readonly state: string;
  readonly flush: Lsn | null;
  readonly lag: number | null;
}

async function readStandbys(sql: Sql): Promise<readonly StandbyView[]> {
  const rows = await sql.query<StandbyRow>(STANDBYS);
  return rows.map(({ name, state, flush, lag }) => ({ name, state, flushLsn: flush, lagBytes: lag }));
}

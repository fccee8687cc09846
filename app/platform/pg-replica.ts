// Whether a replica may answer this read: it has replayed what this shopper wrote, and nothing it lacks is older than
// a second. How far behind it is can only grow by the time that passes, so a connection is asked again when the last
// answer plus its age reaches the bound, not before every read.
import type pg from 'pg';
import { sql } from './sql.ts';

export interface ReplicaChecks {
  /** Resolves with undefined when the replica may be read, else why not. */
  readonly refusal: (
    client: pg.PoolClient,
    afterLsn: string | null,
  ) => Promise<'lag' | 'own-write' | undefined>;
  /** As last measured, in milliseconds. */
  readonly lagMs: () => number;
}

/** The primary commits a heartbeat twice a second, so that a replica that keeps up stays well below. */
const MOST_LAG_MS = 1_000;

interface Measured {
  readonly atMs: number;
  readonly lagMs: number;
}

interface Row {
  readonly lagMs: number | null;
  readonly hasOwn: boolean;
}

/** A server that is not in recovery is the primary, and behind nobody; a replica that has replayed nothing yet is. */
function measure(client: pg.PoolClient, afterLsn: string | null): Promise<pg.QueryResult<Row>> {
  return client.query<Row>(sql`
    SELECT CASE WHEN pg_is_in_recovery()
                THEN (extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000)::float8
                ELSE 0 END AS "lagMs",
           NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= ${afterLsn ?? '0/0'}::pg_lsn AS "hasOwn"`);
}

export function createReplicaChecks(nowMs: () => number = () => performance.now()): ReplicaChecks {
  const measured = new WeakMap<pg.PoolClient, Measured>();
  let lastLagMs = 0;

  function isFresh(client: pg.PoolClient): boolean {
    const last = measured.get(client);
    return last !== undefined && last.lagMs + (nowMs() - last.atMs) <= MOST_LAG_MS;
  }

  return {
    lagMs: () => lastLagMs,
    refusal: async (client, afterLsn) => {
      if (afterLsn === null && isFresh(client)) return undefined;
      const atMs = nowMs();
      const [row] = (await measure(client, afterLsn)).rows;
      // Clocks of two machines may differ a little the other way.
      const lagMs = Math.max(0, row?.lagMs ?? Number.POSITIVE_INFINITY);
      measured.set(client, { atMs, lagMs });
      lastLagMs = lagMs;
      if (lagMs > MOST_LAG_MS) return 'lag';
      return row?.hasOwn === true ? undefined : 'own-write';
    },
  };
}

// The end of a primary that hands over. A shutdown in Postgres' own order writes a checkpoint, waits for the archiver and
// talks to whoever connects meanwhile: on two busy cores writers waited a second for it (decision 18). Here nobody is let
// in, sessions are ended, the standbys get the last of the log, and the server goes at once: as after a crash, but with
// nothing to lose.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sql } from './sql.ts';
import type { Machine } from './state.ts';

/** Sessions still work meanwhile; one that takes longer goes on by itself and only shortens the recovery less. */
const CHECKPOINT_MS = 1000;
/** For both parts; past this the ballot finds the best log among those that are there, as after any crash. */
const QUIET_MS = 800;
const LOOK_EVERY_MS = 5;

/** How long each part took, in milliseconds. Writers wait from the second one on. */
export interface Quieted {
  readonly checkpointMs: number;
  readonly sessionsMs: number;
  readonly standbysMs: number;
}

/** Leaves a running server to which nobody writes and whose log the streaming standbys hold, if that is possible in time. */
export async function quieten({ process, sql }: Machine): Promise<Quieted> {
  const checkpointMs = await timed(() => checkpoint(sql));
  const deadlineMs = performance.now() + QUIET_MS;
  process.admitNobody();
  const sessionsMs = await timed(() => until(deadlineMs, () => noSessionIsLeft(sql).catch(() => false)));
  const standbysMs = await timed(() => until(deadlineMs, () => standbysHoldAll(sql).catch(() => false)));
  return { checkpointMs, sessionsMs, standbysMs };
}

/** Leaves an open connection: one that gave up waiting is thrown away, and soon nobody is let in, not even the agent. */
async function checkpoint(sql: Sql): Promise<void> {
  await sql.query('CHECKPOINT', CHECKPOINT_MS).catch(() => undefined);
  await sql.open().catch(() => undefined);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return Math.round(performance.now() - startMs);
}

/** Asked again until it is true: a session is gone only some milliseconds after it was ended. */
async function noSessionIsLeft(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ ended: number }>(`
    SELECT count(pg_terminate_backend(pid))::int AS ended FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND usename <> 'postgres'`);
  return row?.ended === 0;
}

async function standbysHoldAll(sql: Sql): Promise<boolean> {
  const [row] = await sql.query<{ held: boolean }>(`
    SELECT coalesce(bool_and(flush_lsn >= pg_current_wal_flush_lsn()), false) AS held FROM pg_stat_replication
     WHERE state = 'streaming' AND application_name <> 'clone'`);
  return row?.held === true;
}

/** Resolves when `isSo`, or when `deadlineMs` has come. */
export async function until(deadlineMs: number, isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (performance.now() < deadlineMs) {
    if (await isSo()) return;
    await sleep(LOOK_EVERY_MS);
  }
}

// The primary's own commit, twice a second and as often as possible right after a promotion: its acknowledgement by
// a standby is the proof that writes are durable again, and it keeps WAL moving so that silence means something.
import { setTimeout as sleep } from 'node:timers/promises';
import { HEARTBEAT_TABLE } from './roles.ts';
import { createSql } from './sql.ts';
import type { Sql } from './sql.ts';
import type { Machine } from './state.ts';

const BEAT_MS = 500;
const EAGER_MS = 10;
const IDLE_MS = 50;
/** A commit that waits for a standby is left waiting: giving up would not make one appear. */
const COMMIT_DEADLINE_MS = 60_000;

/** Beats until `signal`; calls `onServing` whenever a term's first commit was acknowledged. */
export async function beat(
  machine: Machine,
  onServing: () => void,
  signal: AbortSignal,
  deadlineMs = COMMIT_DEADLINE_MS,
): Promise<void> {
  const sql = createSql(machine.settings);
  try {
    while (!signal.aborted) {
      const { term } = machine.record;
      const version = machine.ruleInForce?.rule.version ?? -1;
      if (!isDue(machine)) await keepReady(sql, machine);
      else if (await commitOnce(sql, term, deadlineMs)) note(machine, { term, version }, onServing);
      else await endLeftBehind(sql);
      await sleep(pauseMs(machine));
    }
  } finally {
    sql.close();
  }
}

/** Not while it hands over: the standbys are given the end of its log. */
function isDue({ record, settled, process, leave }: Machine): boolean {
  return record.role === 'primary' && settled && process.alive() && leave !== 'stop';
}

/** A standby has its connection before it is promoted: writers wait for the first beat. */
async function keepReady(sql: Sql, { sample }: Machine): Promise<void> {
  if (sample) await sql.open().catch(() => undefined);
}

function pauseMs({ record, servingTerm, ruleInForce, ruleProven }: Machine): number {
  if (record.role !== 'primary') return IDLE_MS;
  const isProven = ruleInForce === null || ruleProven?.version === ruleInForce.rule.version;
  return servingTerm === record.term && isProven ? BEAT_MS : EAGER_MS;
}

async function commitOnce(sql: Sql, term: number, deadlineMs: number): Promise<boolean> {
  const text = `INSERT INTO ${HEARTBEAT_TABLE} VALUES (1, ${term}, clock_timestamp())
    ON CONFLICT (id) DO UPDATE SET term = excluded.term, beat = excluded.beat`;
  try {
    await sql.query(text, deadlineMs);
    return true;
  } catch {
    // Not made yet, shutting down, killed: the next beat tells.
    return false;
  }
}

/**
 * Its connection is gone, but in Postgres it waits on, and the next one waits for it. Nobody listens to them, so ending them
 * acknowledges nothing; left there, one a minute, they took the connections of whoever could acknowledge again.
 */
async function endLeftBehind(sql: Sql): Promise<void> {
  const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE application_name = 'agent' AND usename = 'postgres' AND pid <> pg_backend_pid()
       AND state = 'active' AND query LIKE 'INSERT INTO ${HEARTBEAT_TABLE} %'`;
  await sql.query(text).catch(() => undefined);
}

function note(machine: Machine, proven: NonNullable<Machine['ruleProven']>, onServing: () => void): void {
  const { term, version } = proven;
  // An acknowledgement for a term that has been left says nothing about the present.
  if (machine.record.term !== term || machine.record.role !== 'primary') return;
  machine.acknowledgedAtMs = performance.now();
  const isKnown = machine.ruleProven?.term === term && machine.ruleProven.version === version;
  machine.ruleProven = proven;
  if (machine.servingTerm === term && isKnown) return;
  machine.servingTerm = term;
  onServing();
}

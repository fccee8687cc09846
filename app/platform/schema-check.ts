// Whether the database is what this build needs: every migration applied, and something to sell. Asked at start
// only; the migration Job may still be running.
import { readdir } from 'node:fs/promises';
import { deadlineIn } from './deadline.ts';
import type { Log } from './log.ts';
import type { Database } from './pg.ts';
import { codeOf } from './pg-errors.ts';
import { sql } from './sql.ts';

const PAUSE_MS = 250;
const ATTEMPT_MS = 2_000;
const UNDEFINED_TABLE = '42P01';

async function missing(db: Database, names: readonly string[]): Promise<readonly string[]> {
  const options = { deadline: deadlineIn(ATTEMPT_MS), afterLsn: null };
  try {
    return await db.read(async (q) => {
      const applied = await q.rows<{ name: string }>(sql`SELECT name FROM migration`);
      const known = new Set(applied.map((row) => row.name));
      const stocked = await q.row<{ some: boolean }>(sql`SELECT EXISTS (SELECT FROM variant) AS some`);
      const absent = names.filter((name) => !known.has(name));
      return stocked?.some === true ? absent : [...absent, 'seed data'];
    }, options);
  } catch (error) {
    if (codeOf(error) === UNDEFINED_TABLE) return names;
    throw error;
  }
}

export async function migrationNames(directory: string): Promise<string[]> {
  const files = await readdir(directory);
  return files.filter((file) => file.endsWith('.sql')).map((file) => file.replace(/\.sql$/, ''));
}

/** Resolves once the schema is there; tries until then, or until `signal` is aborted. */
export async function waitForSchema(
  db: Database,
  names: readonly string[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const absent = await missing(db, names);
      if (absent.length === 0) return;
      if (attempt % 20 === 0) log.info({ absent }, 'start: waiting for the schema');
    } catch (error) {
      if (attempt % 20 === 0) log.warn({ err: error }, 'start: waiting for the database');
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

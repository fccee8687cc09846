// The roles and the database of the set, made once on the first primary and checked on every later one. Done with
// synchronous_commit=local: at that moment there may be no standby yet that could acknowledge.
import pg from 'pg';
import { readPassword } from './passwords/known-passwords.ts';
import { DATABASE_CONNECTIONS, REPLICATION_ROLE } from './postgres-config.ts';
import { scramVerifier } from './passwords/scram.ts';
import type { Machine } from './state.ts';
import { createSql } from './sql.ts';
import type { Sql } from './sql.ts';

/** What pg_rewind's source connection needs, instead of a superuser reachable over the network. */
const REWIND_FUNCTIONS = [
  'pg_ls_dir(text, boolean, boolean)',
  'pg_stat_file(text, boolean)',
  'pg_read_binary_file(text)',
  'pg_read_binary_file(text, bigint, bigint, boolean)',
];

export const HEARTBEAT_TABLE = 'quorum_heartbeat';

const DEADLINE_MS = 20_000;

/** A standby that was promoted has them already, and asks over the connection that is open: writers wait for this. */
export async function ensureObjects({ settings, sql }: Machine): Promise<void> {
  const name = pg.escapeLiteral(settings.database);
  const [found] = await sql.query<{ made: boolean; limited: boolean }>(
    `SELECT to_regclass('${HEARTBEAT_TABLE}') IS NOT NULL AND count(*) > 0 AS made,
            coalesce(bool_and(datconnlimit = ${DATABASE_CONNECTIONS}), false) AS limited
       FROM pg_database WHERE datname = ${name}`,
  );
  if (found?.made === true && found.limited) return;
  // Its own connection: what is set for it must not outlive this.
  const own = createSql(settings);
  try {
    await own.query('SET synchronous_commit = local', DEADLINE_MS);
    if (found?.made !== true) await createObjects(own, settings);
    const database = pg.escapeIdentifier(settings.database);
    await own.query(`ALTER DATABASE ${database} CONNECTION LIMIT ${DATABASE_CONNECTIONS}`, DEADLINE_MS);
  } finally {
    own.close();
  }
}

async function createObjects(sql: Sql, settings: Machine['settings']): Promise<void> {
  const owner = pg.escapeIdentifier(settings.owner);
  const run = (text: string) => sql.query(text, DEADLINE_MS);
  await ensureRole(run, REPLICATION_ROLE, `LOGIN REPLICATION ${password(settings, 'replication-password')}`);
  for (const name of REWIND_FUNCTIONS) {
    await run(`GRANT EXECUTE ON FUNCTION pg_catalog.${name} TO ${REPLICATION_ROLE}`);
  }
  // For the checkpoint before a rewind.
  await run(`GRANT pg_checkpoint TO ${REPLICATION_ROLE}`);
  await ensureRole(run, settings.owner, `LOGIN ${password(settings, 'app-password')}`);
  const databases = await run(
    `SELECT FROM pg_database WHERE datname = ${pg.escapeLiteral(settings.database)}`,
  );
  if (databases.length === 0) {
    await run(`CREATE DATABASE ${pg.escapeIdentifier(settings.database)} OWNER ${owner}`);
  }
  await run(
    `CREATE TABLE IF NOT EXISTS ${HEARTBEAT_TABLE} (
       id int PRIMARY KEY CHECK (id = 1), term bigint NOT NULL, beat timestamptz NOT NULL)`,
  );
}

async function ensureRole(
  run: (text: string) => Promise<readonly object[]>,
  name: string,
  options: string,
): Promise<void> {
  const known = await run(`SELECT FROM pg_roles WHERE rolname = ${pg.escapeLiteral(name)}`);
  const verb = known.length === 0 ? 'CREATE' : 'ALTER';
  await run(`${verb} ROLE ${pg.escapeIdentifier(name)} ${options}`);
}

function password(settings: Machine['settings'], key: string): string {
  return `PASSWORD ${pg.escapeLiteral(scramVerifier(readPassword(settings, key)))}`;
}

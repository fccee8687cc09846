// What is asked of the member that this one receives from, or is being rewound from.
import pg from 'pg';
import type { Lsn } from './lsn.ts';
import { readPassword } from './passwords/known-passwords.ts';
import { REPLICATION_ROLE } from './postgres-config.ts';
import { addressOf } from './settings.ts';
import type { Settings, Source } from './settings.ts';
import { readTrusted } from './tls-files.ts';

/**
 * Makes a member write a checkpoint. Rejects while it is not promoted yet: pg_rewind takes a standby for a source too,
 * finds it on the timeline of the log that is to go, and leaves that as it is. Until the first checkpoint after a promotion
 * the control file still names the old timeline, and before Postgres 16 pg_rewind believed it: the rewound member then
 * never started.
 */
export function checkpointSource(settings: Settings, source: Source): Promise<void> {
  return ask(settings, source, async (client) => {
    const { rows } = await client.query<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers');
    if (rows[0]?.recovers !== false) throw new Error(`rewind: ${source.member} is not promoted yet`);
    await client.query('CHECKPOINT');
  });
}

/**
 * Whether a primary still has the segment with the WAL that comes after `lsn`. Segments are told apart without their
 * timeline: the primary names them by its own. Rejects while it recovers or is not reached.
 */
export function holdsWalAfter(settings: Settings, source: Source, lsn: Lsn): Promise<boolean> {
  return ask(settings, source, async (client) => {
    // Of an LSN between two segments Postgres names the first, which is not the one that is needed.
    const { rows } = await client.query<{ held: boolean }>(
      `SELECT EXISTS (SELECT FROM pg_ls_dir('pg_wal', true, false) AS file
         WHERE length(file) = 24 AND right(file, 16) = right(pg_walfile_name($1::pg_lsn + 1), 16)) AS held`,
      [lsn],
    );
    return rows[0]?.held !== false;
  });
}

async function ask<T>(
  settings: Settings,
  { member, address }: Source,
  questions: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const { host, postgresPort } = addressOf(settings, member);
  const ca = readTrusted(settings);
  const client = new pg.Client({
    host: address ?? host,
    port: postgresPort,
    user: REPLICATION_ROLE,
    password: readPassword(settings, 'replication-password'),
    database: 'postgres',
    ssl: ca === null ? false : { ca, servername: host },
    connectionTimeoutMillis: 2000,
    query_timeout: 60_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await questions(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

// What is asked of the member that is being rewound from.
import pg from 'pg';
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
export async function checkpointSource(settings: Settings, { member, address }: Source): Promise<void> {
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
    const { rows } = await client.query<{ recovers: boolean }>('SELECT pg_is_in_recovery() AS recovers');
    if (rows[0]?.recovers !== false) throw new Error(`rewind: ${member} is not promoted yet`);
    await client.query('CHECKPOINT');
  } finally {
    await client.end().catch(() => undefined);
  }
}

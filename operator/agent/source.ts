// One statement on the member that is being rewound from.
import pg from 'pg';
import { readPassword } from './passwords/known-passwords.ts';
import { REPLICATION_ROLE } from './postgres-config.ts';
import { addressOf } from './settings.ts';
import type { Settings } from './settings.ts';
import { readTrusted } from './tls-files.ts';

/**
 * Makes `source` write a checkpoint. Until the first one after a promotion its control file still names the old
 * timeline, and before Postgres 16 pg_rewind believed it: the rewound member then never started.
 */
export async function checkpointSource(settings: Settings, source: string): Promise<void> {
  const { host, postgresPort } = addressOf(settings, source);
  const ca = readTrusted(settings);
  const client = new pg.Client({
    host,
    port: postgresPort,
    user: REPLICATION_ROLE,
    password: readPassword(settings, 'replication-password'),
    database: 'postgres',
    ssl: ca === null ? false : { ca },
    connectionTimeoutMillis: 2000,
    query_timeout: 60_000,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('CHECKPOINT');
  } finally {
    await client.end().catch(() => undefined);
  }
}

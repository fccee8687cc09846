// A Postgres with nothing but the second copy of carts, and the shop's own access to it.
import { readFile } from 'node:fs/promises';
import { createDatabase } from '../../app/platform/pg.ts';
import type { Database } from '../../app/platform/pg.ts';
import { createPool } from '../../app/platform/pg-pool.ts';
import { createLog } from '../../app/platform/log.ts';
import { startPostgres } from './postgres.ts';
import { timeouts } from './timeouts.ts';

const migrations = ['7_cart.sql', '8_cart_text.sql'];

export interface CartDatabase {
  readonly db: Database;
  /** As the owner of the server, past the shop's access. */
  readonly query: (text: string, values?: unknown[]) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Whoever starts it closes it. */
export async function startCartDatabase(): Promise<CartDatabase> {
  const postgres = await startPostgres({ synchronous_commit: 'on' });
  const query: CartDatabase['query'] = async (text, values = []) => {
    await postgres.query(text, values, 'app');
  };
  const access = await postgres.createDatabase('app');
  for (const name of migrations) {
    const migration = await readFile(new URL(`../../app/migrations/${name}`, import.meta.url), 'utf8');
    await query(migration.split('-- Down Migration')[0] ?? '');
  }
  await query('ALTER TABLE cart OWNER TO app');
  const log = createLog({ level: 'silent', pod: 'test' });
  const pool = (name: 'rw' | 'ro') =>
    createPool(
      {
        ...{ name, host: access.host, port: access.port, database: 'app', user: 'app' },
        password: () => access.password,
        applicationName: 'carts',
        ...{ size: 8, queueLimit: 100, connectTimeoutMs: 1_000, queryTimeoutMs: timeouts.soonMs },
      },
      log,
    );
  const quiet = () => undefined;
  const db = createDatabase(
    { rw: pool('rw'), ro: pool('ro') },
    { retried: quiet, transactionStarted: quiet, replicaRefused: quiet },
  );
  return {
    db,
    query,
    close: async () => {
      await db.close();
      await postgres.close();
    },
  };
}

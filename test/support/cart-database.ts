// A database with nothing but the second copy of carts, and the shop's own access to it.
import { readFile } from 'node:fs/promises';
import { createDatabase } from '../../app/platform/pg.ts';
import type { Database } from '../../app/platform/pg.ts';
import { createPool } from '../../app/platform/pg-pool.ts';
import { createLog } from '../../app/platform/log.ts';
import type { TestPostgres } from './postgres.ts';
import { timeouts } from './timeouts.ts';

const migrations = ['7_cart.sql', '8_cart_text.sql'];

/** Whoever opens it closes it. */
export async function openCartDatabase(postgres: TestPostgres): Promise<Database> {
  const access = await postgres.createDatabase('app');
  for (const name of migrations) {
    const migration = await readFile(new URL(`../../app/migrations/${name}`, import.meta.url), 'utf8');
    await postgres.query(migration.split('-- Down Migration')[0] ?? '', [], 'app');
  }
  await postgres.query('ALTER TABLE cart OWNER TO app', [], 'app');
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
  return createDatabase(
    { rw: pool('rw'), ro: pool('ro') },
    { retried: quiet, transactionStarted: quiet, replicaRefused: quiet },
  );
}

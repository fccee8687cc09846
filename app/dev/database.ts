// The developer's Postgres: kept in a folder between runs, with the database and role the app expects.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { keptSecret } from './kept-secret.ts';
import { startLocalPostgres } from './postgres.ts';
import { freePort } from './ports.ts';

export interface DevDatabase {
  /** The app's environment for it. */
  readonly env: Readonly<Record<string, string>>;
  stop: () => Promise<void>;
}

/** Starts Postgres with its data in `folder`, on a free port. */
export async function startDatabase(folder: string): Promise<DevDatabase> {
  await mkdir(folder, { recursive: true });
  const secrets = join(folder, 'secrets');
  const superuser = keptSecret(secrets, 'postgres-superuser');
  const app = keptSecret(secrets, 'postgres-app');
  const port = await freePort();
  const dataDir = join(folder, 'postgres');
  const server = await startLocalPostgres({ dataDir, port, password: superuser.value });
  try {
    await ensureDatabase(port, superuser.value, app.value);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    env: {
      SHOP_POSTGRES_RW_HOST: '127.0.0.1',
      SHOP_POSTGRES_RO_HOST: '127.0.0.1',
      SHOP_POSTGRES_PORT: String(port),
      SHOP_POSTGRES_DATABASE: 'app',
      SHOP_POSTGRES_USER: 'app',
      SHOP_POSTGRES_PASSWORD_FILE: app.file,
    },
    stop: () => server.stop(),
  };
}

async function ensureDatabase(port: number, superuserPassword: string, password: string): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: superuserPassword,
    connectionTimeoutMillis: 5_000,
  });
  await client.connect();
  try {
    const { rowCount: roles } = await client.query(`SELECT FROM pg_roles WHERE rolname = 'app'`);
    if (roles === 0) await client.query('CREATE ROLE app LOGIN');
    await client.query(`ALTER ROLE app PASSWORD ${pg.escapeLiteral(password)}`);
    const { rowCount: databases } = await client.query(`SELECT FROM pg_database WHERE datname = 'app'`);
    if (databases === 0) await client.query('CREATE DATABASE app OWNER app');
  } finally {
    await client.end();
  }
}

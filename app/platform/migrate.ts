// Brings the schema up to date, once per rollout from a Job: never from a pod's start, because two runs at once
// fail each other on the advisory lock. Waits for a primary to be there, since the Job may start before it.
import { runner } from 'node-pg-migrate';
import type { Config } from '../config/env.ts';
import type { Log } from './log.ts';
import { isRetriable } from './pg-errors.ts';
import { createLogin } from './pg-login.ts';
import type { Identity } from './pg-login.ts';

const WAIT_FOR_PRIMARY_MS = 300_000;
const PAUSE_MS = 500;

function clientConfig(config: Config, identity: Identity) {
  return {
    host: config.SHOP_POSTGRES_RW_HOST,
    port: config.SHOP_POSTGRES_PORT,
    database: config.SHOP_POSTGRES_DATABASE,
    ...identity,
    application_name: `${config.POD_NAME}/migrate`,
    ssl: config.postgresCa ? { ca: config.postgresCa() } : false,
    connectionTimeoutMillis: 2_000,
  };
}

async function migrateOnce(config: Config, identity: Identity, directory: string, log: Log): Promise<number> {
  const done = await runner({
    databaseUrl: clientConfig(config, identity),
    dir: directory,
    direction: 'up',
    migrationsTable: 'migration',
    // All files in one transaction: a half-migrated schema is never seen.
    singleTransaction: true,
    logger: {
      debug: (text) => log.debug(text),
      info: (text) => log.debug(text),
      warn: (text) => log.warn(text),
      error: (text) => log.error(text),
    },
  });
  return done.length;
}

/** Resolves with the number of migrations applied. Throws when no primary appears within five minutes. */
export async function migrate(config: Config, directory: string, log: Log): Promise<number> {
  const giveUpAt = Date.now() + WAIT_FOR_PRIMARY_MS;
  const login = createLogin(config.SHOP_POSTGRES_USER, () => config.postgresPassword());
  for (;;) {
    try {
      return await login.connect((identity) => migrateOnce(config, identity, directory, log));
    } catch (error) {
      const lockTaken = error instanceof Error && error.message.includes('Another migration');
      if (!(isRetriable(error) || lockTaken) || Date.now() > giveUpAt) throw error;
      log.info({ err: error }, 'migrate: no usable primary yet, waiting');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

// The process: `serve` (default) runs the shop, `migrate` brings the schema up to date, `seed` fills the
// catalogue; a Job runs these two once per rollout. `staff <email>` makes an account staff. Exit code 1 and one log
// line for any failure. `repair-carts` gives Redis back what it lacks of the carts' copies in Postgres.
import { repairCarts } from './cart/repair-command.ts';
import { seed } from './catalog/seed.ts';
import { createSimulatedProvider } from './checkout/payment.ts';
import { loadConfig } from './config/env.ts';
import type { Config } from './config/env.ts';
import { deadlineIn } from './platform/deadline.ts';
import { createLog, flushed } from './platform/log.ts';
import type { Log } from './platform/log.ts';
import { createMetrics } from './platform/metrics.ts';
import { catalogue, categories } from './seed/catalogue.ts';
import { serve } from './serve.ts';
import { setRole } from './staff/role.ts';
import { dynamoSettings, openDatabase, openRedis } from './stores.ts';

/** In the sources and in the bundle alike, views, public and migrations lie beside this file. */
const here = import.meta.dirname;
const SEED_WITHIN_MS = 120_000;

async function runServe(config: Config, log: Log): Promise<void> {
  const running = await serve(config, log, { assetsDirectory: here, payment: createSimulatedProvider() });
  const stop = async (): Promise<void> => {
    const code = await running.stop().then(
      () => 0,
      (error: unknown) => {
        log.fatal({ err: error }, 'stopping failed');
        return 1;
      },
    );
    await flushed(log);
    process.exit(code);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
  await running.ready;
}

async function runMigrate(config: Config, log: Log): Promise<void> {
  // Loaded only here: the web process has no use for it, and its memory.
  const { migrate } = await import('./platform/migrate.ts');
  const applied = await migrate(config, `${here}/migrations`, log);
  log.info({ applied }, 'migrate: the schema is up to date');
  // In an account the table belongs to whoever owns the account; DynamoDB Local starts with none.
  if (config.SHOP_DYNAMODB_ENDPOINT === '') return;
  const { createTable } = await import('./platform/dynamodb-table.ts');
  await createTable(dynamoSettings(config));
  log.info({ table: config.SHOP_DYNAMODB_TABLE }, 'migrate: the table in DynamoDB Local is there');
}

async function runSeed(config: Config, log: Log): Promise<void> {
  const db = openDatabase(config, createMetrics(), log);
  try {
    const { value } = await db.transaction(
      (q) => seed(q, { categories, catalogue }),
      deadlineIn(SEED_WITHIN_MS),
    );
    log.info({ articles: catalogue.length, variants: value }, 'seed: the catalogue is there');
  } finally {
    await db.close();
  }
}

async function runStaff(config: Config, log: Log, args: readonly string[]): Promise<void> {
  const db = openDatabase(config, createMetrics(), log);
  try {
    await setRole(db, args, log);
  } finally {
    await db.close();
  }
}

async function runRepairCarts(config: Config, log: Log, args: readonly string[]): Promise<void> {
  const metrics = createMetrics();
  const db = openDatabase(config, metrics, log);
  const redis = openRedis(config, metrics, log);
  try {
    await repairCarts({ redis, db, log }, args);
  } finally {
    redis.close();
    await db.close();
  }
}

const commands = {
  ...{ serve: runServe, migrate: runMigrate, seed: runSeed, staff: runStaff },
  'repair-carts': runRepairCarts,
};

async function main(): Promise<void> {
  const [name = 'serve', ...args] = process.argv.slice(2);
  if (!(name in commands)) {
    throw new Error(`unknown command "${name}"; known are ${Object.keys(commands).join(', ')}`);
  }
  const config = loadConfig(process.env);
  await commands[name as keyof typeof commands](
    config,
    createLog({ level: config.LOG_LEVEL, pod: config.POD_NAME }),
    args,
  );
}

main().catch((error: unknown) => {
  createLog({ level: 'info', pod: process.env.POD_NAME ?? 'local' }).fatal({ err: error }, 'cannot run');
  process.exitCode = 1;
});

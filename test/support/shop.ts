// The whole shop in this process on real servers: Postgres, and a Redis master with a replica under one Sentinel.
// Started from nothing in some seconds; a test file starts one in `before` and closes it in `after`.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createSimulatedProvider } from '../../app/checkout/payment.ts';
import type { PaymentProvider } from '../../app/checkout/payment.ts';
import { loadConfig } from '../../app/config/env.ts';
import type { Config } from '../../app/config/env.ts';
import type { Route } from '../../app/http/route-table.ts';
import { deadlineIn } from '../../app/platform/deadline.ts';
import { createLog } from '../../app/platform/log.ts';
import type { Log } from '../../app/platform/log.ts';
import { createMetrics } from '../../app/platform/metrics.ts';
import { migrate } from '../../app/platform/migrate.ts';
import { seed } from '../../app/catalog/seed.ts';
import { catalogue, categories } from '../../app/seed/catalogue.ts';
import { serve } from '../../app/serve.ts';
import type { Running } from '../../app/serve.ts';
import { openDatabase } from '../../app/stores.ts';
import { startPostgres } from './postgres.ts';
import type { DatabaseAccess, TestPostgres } from './postgres.ts';
import { blessFirstMaster, masterName, sentinelPort, startRedisSet } from './redis-set.ts';
import type { RedisSet } from './redis-set.ts';
import { shopClient } from './shop-client.ts';
import type { ShopClient } from './shop-client.ts';

export interface TestShop {
  readonly url: string;
  readonly opsUrl: string;
  /** Every route but files and pictures. */
  readonly routes: readonly Route[];
  readonly config: Config;
  /** For a process of its own on the same stores. */
  readonly env: Readonly<Record<string, string>>;
  readonly postgres: TestPostgres;
  readonly redis: RedisSet;
  /** A shopper with cookies of her own. */
  client: () => ShopClient;
  /** Rows of a statement run in the shop's database as superuser. */
  query: <Row extends Record<string, unknown>>(sql: string, values?: unknown[]) => Promise<Row[]>;
  /** Starts one more web process on the same stores; closed with the shop. */
  another: (env?: Readonly<Record<string, string>>) => Promise<Running>;
  /** Another one with these keys for its cookies, the first of which signs. */
  withKeys: (...keys: readonly string[]) => Promise<Running>;
  close: () => Promise<void>;
}

export interface TestShopOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly log?: Log;
  readonly payment?: PaymentProvider;
}

const assets = resolve(import.meta.dirname, '../../app');
const database = 'app';

function environment(folder: string, db: DatabaseAccess, redis: RedisSet): Record<string, string> {
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  };
  return {
    HTTP_PORT: '0',
    OPS_PORT: '0',
    POD_NAME: 'test-pod',
    SHOP_POSTGRES_RW_HOST: db.host,
    SHOP_POSTGRES_PORT: String(db.port),
    SHOP_POSTGRES_DATABASE: db.database,
    SHOP_POSTGRES_USER: db.user,
    SHOP_POSTGRES_PASSWORD_FILE: file('postgres', db.password),
    SHOP_REDIS_SENTINELS: redis.sentinels.map((name) => `${redis.address(name)}:${sentinelPort}`).join(','),
    SHOP_REDIS_MASTER: masterName,
    SHOP_REDIS_USER: 'app',
    SHOP_REDIS_PASSWORD_FILE: file('redis', redis.passwords.app),
    SHOP_SESSION_KEYS_FILE: file('keys', 'a-key-for-tests-of-32-characters'),
    SHOP_SHUTDOWN_GAP_MS: '0',
    SHOP_RATE_LIMIT_SCALE: '1000',
    // A machine that is busy with other tests is no shop with too many visitors.
    SHOP_MAX_LOOP_DELAY_MS: '60000',
  };
}

async function fill(config: Config, log: Log): Promise<void> {
  await migrate(config, `${assets}/migrations`, log);
  const db = openDatabase(config, createMetrics(), log);
  await db.transaction((q) => seed(q, { categories, catalogue }), deadlineIn(30_000));
  await db.close();
}

/** A crash must not take what was acknowledged: that is what the tests are about. */
const durable = { synchronous_commit: 'on' };

async function startStores(): Promise<{ postgres: TestPostgres; db: DatabaseAccess; redis: RedisSet }> {
  const [postgres, redis] = await Promise.all([
    startPostgres(durable),
    startRedisSet({ members: 2, sentinels: 1 }),
  ]);
  await blessFirstMaster(redis);
  return { postgres, db: await postgres.createDatabase(database), redis };
}

/** Starts everything and resolves when the shop is ready. */
export async function startShop(options: TestShopOptions = {}): Promise<TestShop> {
  const log = options.log ?? createLog({ level: 'silent', pod: 'test-pod' });
  const folder = mkdtempSync(join(tmpdir(), 'test-shop-'));
  const { postgres, db, redis } = await startStores();
  const env = { ...environment(folder, db, redis), ...options.env };
  const config = loadConfig(env);
  await fill(config, log);
  const running: Running[] = [];
  const payment = options.payment ?? createSimulatedProvider();
  const another: TestShop['another'] = async (more = {}) => {
    const started = await serve(loadConfig({ ...env, ...more }), log, { assetsDirectory: assets, payment });
    running.push(started);
    await started.ready;
    return started;
  };
  const withKeys: TestShop['withKeys'] = (...keys) => {
    const path = join(folder, `keys-${randomUUID()}`);
    writeFileSync(path, keys.join('\n'), { mode: 0o600 });
    return another({ SHOP_SESSION_KEYS_FILE: path });
  };
  const { port, opsPort, routes } = await another();
  const url = `http://127.0.0.1:${port}`;
  return {
    ...{ url, opsUrl: `http://127.0.0.1:${opsPort}`, routes },
    ...{ config, env, postgres, redis },
    client: () => shopClient(url),
    query: (sql, values) => postgres.query(sql, values, database),
    another,
    withKeys,
    close: async () => {
      for (const process of running) await process.stop();
      await Promise.all([postgres.close(), redis.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

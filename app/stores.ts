// The connections of one process, made from its configuration and closed together.
import type { ConnectionOptions } from 'node:tls';
import type { Config } from './config/env.ts';
import type { DynamoSettings } from './platform/dynamodb.ts';
import type { Log } from './platform/log.ts';
import { createMetrics, observePools, observeReplica } from './platform/metrics.ts';
import type { Metrics } from './platform/metrics.ts';
import { createDatabase } from './platform/pg.ts';
import type { Database } from './platform/pg.ts';
import { createPool } from './platform/pg-pool.ts';
import type { PgPool, PoolOptions } from './platform/pg-pool.ts';
import { connectRedis } from './platform/redis.ts';
import type { ConnectionSettings, RedisCredentials } from './platform/redis-connection.ts';
import type { AppRedis } from './platform/redis.ts';

const CONNECT_TIMEOUT_MS = 1_500;
/** A commit may wait for a standby through most of a failover; a read on a replica has somewhere else to go. */
const WRITE_TIMEOUT_MS = 3_000;
const READ_TIMEOUT_MS = 1_500;
/** More waiting requests than this per connection would not be answered in time anyway. */
const QUEUE_PER_CONNECTION = 16;

function poolOptions(config: Config, name: 'rw' | 'ro'): PoolOptions {
  const size = config.SHOP_POSTGRES_POOL_SIZE;
  return {
    name,
    host:
      name === 'ro'
        ? (config.SHOP_POSTGRES_RO_HOST ?? config.SHOP_POSTGRES_RW_HOST)
        : config.SHOP_POSTGRES_RW_HOST,
    port:
      name === 'ro' ? (config.SHOP_POSTGRES_RO_PORT ?? config.SHOP_POSTGRES_PORT) : config.SHOP_POSTGRES_PORT,
    database: config.SHOP_POSTGRES_DATABASE,
    user: config.SHOP_POSTGRES_USER,
    password: config.postgresPassword,
    ca: config.postgresCa,
    applicationName: config.POD_NAME,
    size,
    queueLimit: size * QUEUE_PER_CONNECTION,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    queryTimeoutMs: name === 'ro' ? READ_TIMEOUT_MS : WRITE_TIMEOUT_MS,
  };
}

/** Counts what a page costs in trips to Postgres. */
function counted(pool: PgPool, metrics: Metrics): PgPool {
  return {
    ...pool,
    use: (work) => {
      metrics.postgresCheckouts.inc({ pool: pool.name });
      return pool.use(work);
    },
  };
}

export function openDatabase(config: Config, metrics: Metrics, log: Log): Database {
  const open = (name: 'rw' | 'ro'): PgPool => counted(createPool(poolOptions(config, name), log), metrics);
  const db = createDatabase(
    { rw: open('rw'), ro: open('ro') },
    {
      retried: (pool, error) => {
        metrics.postgresRetries.inc({ pool });
        log.warn({ err: error, pool }, 'postgres: trying again');
      },
      transactionStarted: () => metrics.postgresTransactions.inc(),
      replicaRefused: (reason) => metrics.replicaRefusals.inc({ reason }),
    },
  );
  observePools(metrics, db.stats);
  observeReplica(metrics, db.replicaLagMs);
  return db;
}

/** Sentinels know the app by the same name and password, unless told otherwise. */
function sentinelCredentials(config: Config): () => RedisCredentials {
  const username = config.SHOP_REDIS_SENTINEL_USER ?? config.SHOP_REDIS_USER;
  const password = config.redisSentinelPassword ?? config.redisPassword;
  return () => ({ username, password: password() });
}

function redisTls({ redisCa, SHOP_REDIS_SERVER_NAME }: Config): (() => ConnectionOptions) | undefined {
  return redisCa && (() => ({ ca: redisCa(), servername: SHOP_REDIS_SERVER_NAME }));
}

export function redisConnection(config: Config, log: Log): ConnectionSettings {
  return {
    sentinels: config.SHOP_REDIS_SENTINELS,
    masterName: config.SHOP_REDIS_MASTER,
    credentials: () => ({ username: config.SHOP_REDIS_USER, password: config.redisPassword() }),
    sentinelCredentials: sentinelCredentials(config),
    tls: redisTls(config),
    onStatus: (connection, status) => log.debug({ connection, status }, 'redis'),
    onError: (connection, error) => log.warn({ connection, err: error }, 'redis cannot be reached'),
  };
}

export function openRedis(config: Config, metrics: Metrics, log: Log): AppRedis {
  return connectRedis({
    ...redisConnection(config, log),
    ackReplicas: config.SHOP_REDIS_ACK_REPLICAS,
    onOperation: ({ connection, operation, outcome, durationMs }) =>
      metrics.redisOperations.observe({ connection, operation, outcome }, durationMs / 1000),
  });
}

/** Where sessions are kept in DynamoDB; connected only then. */
export function dynamoSettings(config: Config): DynamoSettings {
  return {
    table: config.SHOP_DYNAMODB_TABLE,
    region: config.SHOP_DYNAMODB_REGION || undefined,
    endpoint: config.SHOP_DYNAMODB_ENDPOINT || undefined,
  };
}

export interface Stores {
  readonly db: Database;
  readonly redis: AppRedis;
  readonly metrics: Metrics;
  readonly close: () => Promise<void>;
}

export function openStores(config: Config, log: Log): Stores {
  const metrics = createMetrics();
  const db = openDatabase(config, metrics, log);
  const redis = openRedis(config, metrics, log);
  return {
    db,
    redis,
    metrics,
    close: async () => {
      redis.close();
      await db.close();
    },
  };
}

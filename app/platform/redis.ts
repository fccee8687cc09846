// The app's edge to Redis: `session` for short reads and writes, `durable` for changes that must survive a
// failover. Redis being away is a RedisUnavailable within the command timeout, never a hang and never a crash;
// the connections find the new master by themselves.
import type { Redis } from 'ioredis';
import { rememberAddresses } from './known-addresses.ts';
import { openConnection } from './redis-connection.ts';
import type { Connection, ConnectionSettings } from './redis-connection.ts';
import { createDurable } from './redis-durable.ts';
import type { DurableRedis } from './redis-durable.ts';
import { asRedisError, RedisUnavailable, replyCode } from './redis-errors.ts';
import type { RedisScript } from './redis-script.ts';

export interface RedisSettings extends ConnectionSettings {
  /** Connections for durable changes. WAIT blocks its connection for all that is sent behind it. @default 4 */
  readonly durableConnections?: number;
  /** How many replicas must have a durable change before it counts. @default 1 */
  readonly ackReplicas?: number;
  /** Told of every operation's outcome, for metrics; must not throw. */
  readonly onOperation?: (event: RedisOperation) => void;
}

export interface RedisOperation {
  readonly connection: 'session' | 'durable';
  readonly operation: string;
  /** 'ok', 'error' (a mistake of ours) or the reason Redis could not. */
  readonly outcome: string;
  readonly durationMs: number;
}

export interface SessionRedis {
  /** Runs plain commands on the master, e.g. `use('get', (redis) => redis.get(key))`. @throws RedisUnavailable */
  use<T>(operation: string, work: (redis: Redis) => Promise<T>): Promise<T>;
  /** Runs a Lua script (no WAIT: a failover may forget what it wrote). @throws RedisUnavailable */
  run(script: RedisScript, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>;
}

export interface RedisHealth {
  /** Whether a master answered a PING in time. */
  readonly ok: boolean;
  readonly latencyMs: number;
  /** Why not, when not ok. */
  readonly reason?: string;
}

export interface AppRedis {
  readonly session: SessionRedis;
  readonly durable: DurableRedis;
  /** PING of the master within 300 ms. Never throws; for readiness that degrades, not for liveness. */
  health(): Promise<RedisHealth>;
  /** Resolves once a master is connected, or rejects with RedisUnavailable after `withinMs`. */
  ready(withinMs: number): Promise<void>;
  /** Rises whenever a connection was lost: what answers since then may be another server. */
  generation(): number;
  close(): void;
}

const sessionTimeoutMs = 500;
/** Longer than WAIT's own limit, so that a slow replica shows as 'unreplicated' and not as a timeout. */
const durableTimeoutMs = 800;
const replicaTimeoutMs = 250;
const maxWaitingChanges = 256;
const healthTimeoutMs = 300;

/** Connects in the background; nothing is thrown when Redis is away. */
export function connectRedis(given: RedisSettings): AppRedis {
  const known = rememberAddresses(given.sentinels);
  const settings: RedisSettings = { ...given, sentinels: known.endpoints };
  const session = openConnection(settings, {
    name: 'session',
    commandTimeoutMs: sessionTimeoutMs,
    sendsTogether: true,
  });
  const lanes = Array.from({ length: settings.durableConnections ?? 4 }, (_, index) =>
    openConnection(settings, { name: `durable-${index}`, commandTimeoutMs: durableTimeoutMs }),
  );
  const minReplicas = settings.ackReplicas ?? 1;
  const durable = createDurable(lanes, {
    minReplicas,
    replicaTimeoutMs,
    maxWaiting: maxWaitingChanges,
  });
  const connections = [session, ...lanes];
  return {
    session: sessionRedis(session, settings),
    durable: {
      change: (script, ...rest) =>
        measured(settings, 'durable', script.name, () => durable.change(script, ...rest)),
    },
    health: () => health(session),
    ready: (withinMs) => allReady(connections, withinMs),
    generation: () => connections.reduce((sum, connection) => sum + connection.epoch(), 0),
    close: () => {
      known.stop();
      for (const connection of connections) connection.close();
    },
  };
}

function sessionRedis(connection: Connection, settings: RedisSettings): SessionRedis {
  const use = <T>(operation: string, work: (redis: Redis) => Promise<T>): Promise<T> =>
    measured(settings, 'session', operation, async () => {
      try {
        return await work(connection.client);
      } catch (error) {
        throw asRedisError(operation, error);
      }
    });
  return {
    use,
    run: (script, keys, args) => use(script.name, (redis) => runScript(redis, script, keys, args)),
  };
}

async function runScript(
  redis: Redis,
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  const parameters = [keys.length, ...keys, ...args];
  try {
    return await redis.call('evalsha', script.sha, ...parameters);
  } catch (error) {
    if (replyCode(error) !== 'NOSCRIPT') throw error;
    return await redis.call('eval', script.lua, ...parameters);
  }
}

async function measured<T>(
  settings: RedisSettings,
  connection: RedisOperation['connection'],
  operation: string,
  work: () => Promise<T>,
): Promise<T> {
  const start = performance.now();
  let outcome = 'ok';
  try {
    return await work();
  } catch (error) {
    outcome = error instanceof RedisUnavailable ? error.reason : 'error';
    throw error;
  } finally {
    settings.onOperation?.({ connection, operation, outcome, durationMs: performance.now() - start });
  }
}

async function health(connection: Connection): Promise<RedisHealth> {
  const start = performance.now();
  try {
    await within(connection.client.ping(), healthTimeoutMs);
    return { ok: true, latencyMs: performance.now() - start };
  } catch (error) {
    const { message } = asRedisError('ping', error);
    return { ok: false, latencyMs: performance.now() - start, reason: message };
  }
}

async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([work, deadline]).finally(() => clearTimeout(timer));
}

async function allReady(connections: readonly Connection[], withinMs: number): Promise<void> {
  const waits = connections.map(async (connection) => {
    if (connection.isReady()) return;
    await new Promise<void>((resolve) => connection.client.once('ready', () => resolve()));
  });
  try {
    await within(Promise.all(waits), withinMs);
  } catch (error) {
    throw new RedisUnavailable('connect', 'disconnected', error);
  }
}

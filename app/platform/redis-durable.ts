// Changes that survive a failover. The script and WAIT go out in one pipeline on one connection, and a change
// counts as acknowledged only when both answers came back on that same socket and a replica has the write.
import type { Redis } from 'ioredis';
import type { Connection } from './redis-connection.ts';
import { asRedisError, RedisUnavailable, replyCode } from './redis-errors.ts';
import type { RedisScript } from './redis-script.ts';

export type ScriptArgument = string | number;

export interface Acknowledged {
  /** What the script returned. */
  readonly reply: unknown;
  /** How many replicas hold the change, at least as many as were asked for. */
  readonly replicas: number;
}

export interface DurableRedis {
  /**
   * Runs a script made by `defineChange` once and waits for the replicas. One try: `retryWithin` repeats it.
   * `minReplicas` 0 waits for none: the change is then lost with its master.
   * @throws RedisUnavailable when not acknowledged; the change may have been applied all the same.
   */
  change(
    script: RedisScript,
    keys: readonly string[],
    args: readonly ScriptArgument[],
    options?: { readonly minReplicas?: number },
  ): Promise<Acknowledged>;
}

export interface DurableSettings {
  /** How many replicas must have a change, unless it says otherwise. */
  readonly minReplicas: number;
  /** How long a replica has to confirm, in milliseconds. */
  readonly replicaTimeoutMs: number;
  /** More than this many changes in flight on one connection are refused: WAIT blocks a whole connection. */
  readonly maxInFlight: number;
}

interface Lane {
  readonly connection: Connection;
  inFlight: number;
}

export function createDurable(connections: readonly Connection[], settings: DurableSettings): DurableRedis {
  const lanes: Lane[] = connections.map((connection) => ({ connection, inFlight: 0 }));
  return {
    change: async (script, keys, args, { minReplicas = settings.minReplicas } = {}) => {
      const lane = leastBusy(lanes, script.name, settings.maxInFlight);
      lane.inFlight += 1;
      try {
        return await changeOn(lane.connection, script, keys, args, minReplicas, settings.replicaTimeoutMs);
      } finally {
        lane.inFlight -= 1;
      }
    },
  };
}

function leastBusy(lanes: readonly Lane[], operation: string, maxInFlight: number): Lane {
  const ready = lanes.filter((lane) => lane.connection.isReady());
  const [first, ...others] = ready;
  if (first === undefined) throw new RedisUnavailable(operation, 'disconnected');
  const lane = others.reduce((best, other) => (other.inFlight < best.inFlight ? other : best), first);
  if (lane.inFlight >= maxInFlight) throw new RedisUnavailable(operation, 'busy');
  return lane;
}

async function changeOn(
  connection: Connection,
  script: RedisScript,
  keys: readonly string[],
  args: readonly ScriptArgument[],
  minReplicas: number,
  replicaTimeoutMs: number,
): Promise<Acknowledged> {
  const epoch = connection.epoch();
  const parameters = [keys.length, ...keys, ...args];
  const send = async (how: 'evalsha' | 'eval', body: string): Promise<PipelineReplies> =>
    sendBoth(connection.client, how, [body, ...parameters], minReplicas, replicaTimeoutMs);
  try {
    let replies = await send('evalsha', script.sha);
    if (replyCode(replies.scriptError) === 'NOSCRIPT') replies = await send('eval', script.lua);
    if (replies.scriptError !== null) throw replies.scriptError;
    if (replies.waitError !== null) throw replies.waitError;
    if (connection.epoch() !== epoch) throw new RedisUnavailable(script.name, 'disconnected');
    if (replies.replicas < minReplicas) throw new RedisUnavailable(script.name, 'unreplicated');
    return { reply: replies.reply, replicas: replies.replicas };
  } catch (error) {
    throw asRedisError(script.name, error);
  }
}

interface PipelineReplies {
  readonly scriptError: Error | null;
  readonly reply: unknown;
  readonly waitError: Error | null;
  readonly replicas: number;
}

const nothingToWaitFor: [null, number] = [null, 0];

async function sendBoth(
  client: Redis,
  how: 'evalsha' | 'eval',
  args: readonly ScriptArgument[],
  minReplicas: number,
  replicaTimeoutMs: number,
): Promise<PipelineReplies> {
  const pipeline = client.pipeline().call(how, ...args);
  if (minReplicas > 0) pipeline.call('wait', minReplicas, replicaTimeoutMs);
  const [first, waited] = (await pipeline.exec()) ?? [];
  const second = minReplicas > 0 ? waited : nothingToWaitFor;
  if (first === undefined || second === undefined) throw new Error('incomplete pipeline answer');
  return { scriptError: first[0], reply: first[1], waitError: second[0], replicas: Number(second[1]) };
}

// Changes that survive a failover. Scripts and one WAIT behind them go out in one pipeline on one connection, and a
// change counts as acknowledged only when its answer and the WAIT's came back on that same socket and a replica has it.
// WAIT blocks its connection: what comes meanwhile goes out together as soon as a connection is free, under one WAIT.
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
  /** More changes than this that wait for a connection are refused. */
  readonly maxWaiting: number;
}

interface Change {
  readonly script: RedisScript;
  /** As EVALSHA takes them behind the script. */
  readonly parameters: readonly ScriptArgument[];
  readonly minReplicas: number;
  readonly acknowledge: (acknowledged: Acknowledged) => void;
  readonly refuse: (error: Error) => void;
}

interface Lane {
  readonly connection: Connection;
  busy: boolean;
}

/** One pipeline: long enough for a rush, short enough that none of it waits long for the others' scripts. */
const MOST_TOGETHER = 64;

export function createDurable(connections: readonly Connection[], settings: DurableSettings): DurableRedis {
  const lanes: Lane[] = connections.map((connection) => ({ connection, busy: false }));
  const waiting: Change[] = [];
  let scheduled = false;

  async function send(lane: Lane, changes: readonly Change[]): Promise<void> {
    lane.busy = true;
    await changeOn(lane.connection, changes, settings.replicaTimeoutMs);
    lane.busy = false;
    flush();
  }

  function flush(): void {
    scheduled = false;
    const ready = lanes.filter((lane) => lane.connection.isReady());
    if (ready.length === 0) {
      for (const { script, refuse } of waiting.splice(0)) {
        refuse(new RedisUnavailable(script.name, 'disconnected'));
      }
    }
    for (const lane of ready) {
      if (!lane.busy && waiting.length > 0) void send(lane, waiting.splice(0, MOST_TOGETHER));
    }
  }

  return {
    change: (script, keys, args, { minReplicas = settings.minReplicas } = {}) =>
      new Promise((acknowledge, refuse) => {
        if (waiting.length >= settings.maxWaiting) throw new RedisUnavailable(script.name, 'busy');
        const parameters = [keys.length, ...keys, ...args];
        waiting.push({ script, parameters, minReplicas, acknowledge, refuse });
        // Behind the requests that came in the same turn of the event loop.
        if (!scheduled) setImmediate(flush);
        scheduled = true;
      }),
  };
}

/** Tells every change how it ended; never rejects. */
async function changeOn(
  connection: Connection,
  changes: readonly Change[],
  replicaTimeoutMs: number,
): Promise<void> {
  const epoch = connection.epoch();
  const unknown: Change[] = [];
  try {
    const { replies, wait } = await sendAll(connection.client, 'evalsha', changes, replicaTimeoutMs);
    changes.forEach((change, at) => {
      if (replyCode(replies[at]?.[0]) === 'NOSCRIPT') unknown.push(change);
      else end(change, replies[at], wait, connection.epoch() === epoch);
    });
    if (unknown.length === 0) return;
    const again = await sendAll(connection.client, 'eval', unknown, replicaTimeoutMs);
    unknown.forEach((change, at) => end(change, again.replies[at], again.wait, connection.epoch() === epoch));
  } catch (error) {
    // For those that were told already this changes nothing.
    for (const { script, refuse } of changes) refuse(asRedisError(script.name, error));
  }
}

type Reply = readonly [error: Error | null, result: unknown];

function end(change: Change, reply: Reply | undefined, wait: Reply, isSameSocket: boolean): void {
  const { script, minReplicas, acknowledge, refuse } = change;
  const [error, result] = reply ?? [new Error('incomplete pipeline answer')];
  const replicas = minReplicas > 0 ? Number(wait[1]) : 0;
  const waitError = minReplicas > 0 ? wait[0] : null;
  if (error !== null) refuse(asRedisError(script.name, error));
  else if (waitError !== null) refuse(asRedisError(script.name, waitError));
  else if (!isSameSocket) refuse(new RedisUnavailable(script.name, 'disconnected'));
  else if (replicas < minReplicas) refuse(new RedisUnavailable(script.name, 'unreplicated'));
  else acknowledge({ reply: result, replicas });
}

async function sendAll(
  client: Redis,
  how: 'evalsha' | 'eval',
  changes: readonly Change[],
  replicaTimeoutMs: number,
): Promise<{ replies: readonly Reply[]; wait: Reply }> {
  const pipeline = client.pipeline();
  for (const { script, parameters } of changes) {
    pipeline.call(how, how === 'eval' ? script.lua : script.sha, ...parameters);
  }
  const minReplicas = Math.max(...changes.map((change) => change.minReplicas));
  if (minReplicas > 0) pipeline.call('wait', minReplicas, replicaTimeoutMs);
  const replies: readonly Reply[] = (await pipeline.exec()) ?? [];
  const wait = replies[changes.length] ?? [new Error('incomplete pipeline answer'), 0];
  return { replies, wait };
}

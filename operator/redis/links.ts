// The operator's connections to members and Sentinels. One lasting connection per node, so that a master's death
// is noticed in the moment its socket closes; every question has a deadline and none is ever sent twice.
import { Redis } from 'ioredis';
import type { NodeAddress } from './model.ts';

export interface NodeQuestion {
  readonly address: string;
  readonly port: number;
}

export type Command = readonly [string, ...(string | number)[]];

export interface Links {
  /** Sends commands in one go; each reply is a value or an Error. Throws NodeSilent when the node does not answer. */
  ask(node: NodeQuestion, commands: readonly Command[]): Promise<readonly unknown[]>;
  close(): void;
}

/** A node did not answer. `refused`: nothing listens there; otherwise it may be alive. */
export class NodeSilent extends Error {
  readonly refused: boolean;

  constructor(address: string, refused: boolean, cause: unknown) {
    super(`${address}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'NodeSilent';
    this.refused = refused;
  }
}

export interface LinkOptions {
  /** The operator's password, read anew for every connection. */
  readonly password: () => string;
  /** Told when a node's established connection closes: something happened there. */
  readonly onLost: (address: string) => void;
  /** Deadline of connecting and of each question, in milliseconds. @default 700 */
  readonly timeoutMs?: number;
}

export function openLinks(options: LinkOptions): Links {
  const open = new Map<string, Redis>();
  const { timeoutMs = 700 } = options;

  const clientOf = async (node: NodeQuestion): Promise<Redis> => {
    const key = `${node.address}:${node.port}`;
    const known = open.get(key);
    if (known?.status === 'ready') return known;
    if (known) {
      open.delete(key);
      known.disconnect();
    }
    const client = newClient(node, options.password(), timeoutMs);
    await connected(client, node.address, timeoutMs);
    open.set(key, client);
    client.once('close', () => {
      if (open.get(key) !== client) return;
      open.delete(key);
      options.onLost(node.address);
    });
    return client;
  };

  return {
    ask: async (node, commands) => {
      const client = await clientOf(node);
      try {
        return await pipelined(client, commands);
      } catch (error) {
        // A connection that missed its deadline would answer the next question with this one's reply late.
        open.delete(`${node.address}:${node.port}`);
        client.disconnect();
        throw new NodeSilent(node.address, false, error);
      }
    },
    close: () => {
      const clients = [...open.values()];
      open.clear();
      for (const client of clients) client.disconnect();
    },
  };
}

async function pipelined(client: Redis, commands: readonly Command[]): Promise<readonly unknown[]> {
  const pipeline = client.pipeline();
  for (const [name, ...args] of commands) pipeline.call(name, ...args);
  const results = (await pipeline.exec()) ?? [];
  const failure = results.find(([error]) => error !== null && error.name !== 'ReplyError')?.[0];
  if (failure) throw failure;
  return results.map(([error, value]) => error ?? value);
}

async function connected(client: Redis, address: string, timeoutMs: number): Promise<void> {
  let reason: unknown;
  client.on('error', (error) => (reason ??= error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const cause = reason ?? error ?? new Error(`no connection within ${timeoutMs} ms`);
    throw new NodeSilent(address, isRefused(cause), cause);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
}

function newClient(node: NodeQuestion, password: string, timeoutMs: number): Redis {
  return new Redis({
    host: node.address,
    port: node.port,
    username: 'operator',
    password,
    connectionName: 'operator',
    lazyConnect: true,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
}

export function portOf(kind: 'member' | 'sentinel', node: NodeAddress): NodeQuestion {
  return { address: node.address, port: kind === 'member' ? 6379 : 26379 };
}

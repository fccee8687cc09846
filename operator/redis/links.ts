// The operator's connections to members and Sentinels. One lasting connection per node, so that a master's death
// is noticed in the moment its socket closes; every question has a deadline and none is ever sent twice.
import type { ConnectionOptions } from 'node:tls';
import { Redis } from 'ioredis';
import type { NodeAddress, Silence } from './model.ts';

export interface NodeQuestion {
  readonly address: string;
  readonly port: number;
}

export type Command = readonly [string, ...(string | number)[]];

export interface Links {
  /** Sends commands in one go; each reply is a value or an Error. Throws NodeSilent when the node does not answer. */
  ask(node: NodeQuestion, commands: readonly Command[]): Promise<readonly unknown[]>;
  /** For good: who still asks is told that the node is silent. */
  close(): void;
}

/** A node did not answer; `silence` says in which way. */
export class NodeSilent extends Error {
  readonly silence: Silence;

  constructor(address: string, silence: Silence, cause: unknown) {
    super(`${address}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.name = 'NodeSilent';
    this.silence = silence;
  }
}

export interface LinkOptions {
  /** The operator's passwords, the present one first, read anew for every connection: each is tried until one is let in. */
  readonly passwords: () => readonly string[];
  /** How the node at an address is to be verified; undefined: it speaks plainly. Asked for every connection. */
  readonly tls?: (address: string) => ConnectionOptions | undefined;
  /** Told when a node's established connection closes: something happened there. */
  readonly onLost: (address: string) => void;
  /** Deadline of each question, in milliseconds. @default 700 */
  readonly timeoutMs?: number;
  /** Deadline of connecting: a kernel accepts at once, also for a busy server. @default 400 */
  readonly connectTimeoutMs?: number;
}

export function openLinks(options: LinkOptions): Links {
  const connections = createConnections(options);
  return {
    ask: async (node, commands) => {
      const client = await connections.to(node);
      try {
        return await pipelined(client, commands);
      } catch (error) {
        // A connection that missed its deadline would answer the next question with this one's reply late.
        connections.drop(node, client);
        throw new NodeSilent(node.address, 'mute', error);
      }
    },
    close: () => connections.close(),
  };
}

interface Connections {
  /** The node's connection, made if need be. Two questions at once share one. */
  to(node: NodeQuestion): Promise<Redis>;
  /** Closes it without calling that a loss. */
  drop(node: NodeQuestion, client: Redis): void;
  close(): void;
}

function createConnections(options: LinkOptions): Connections {
  const open = new Map<string, Redis>();
  const opening = new Map<string, Promise<Redis>>();
  let isClosed = false;

  const drop = (node: NodeQuestion, client: Redis): void => {
    if (open.get(keyOf(node)) === client) open.delete(keyOf(node));
    client.disconnect();
  };
  const connect = async (node: NodeQuestion): Promise<Redis> => {
    const client = await letIn(node, options);
    // A look or a rotation that is still under way would leave a connection that nobody closes.
    if (isClosed) {
      client.disconnect();
      throw closedLinks(node);
    }
    open.set(keyOf(node), client);
    client.once('close', () => {
      if (open.get(keyOf(node)) !== client) return;
      open.delete(keyOf(node));
      options.onLost(node.address);
    });
    return client;
  };

  return {
    to: (node) => {
      if (isClosed) return Promise.reject(closedLinks(node));
      const key = keyOf(node);
      const known = open.get(key);
      if (known?.status === 'ready') return Promise.resolve(known);
      if (known) drop(node, known);
      const pending = opening.get(key) ?? connect(node).finally(() => opening.delete(key));
      opening.set(key, pending);
      return pending;
    },
    drop,
    close: () => {
      isClosed = true;
      disconnectAll(open);
    },
  };
}

/** Emptied first: none of these is a loss. */
function disconnectAll(open: Map<string, Redis>): void {
  const clients = [...open.values()];
  open.clear();
  for (const client of clients) client.disconnect();
}

const closedLinks = ({ address }: NodeQuestion): NodeSilent =>
  new NodeSilent(address, 'mute', 'the links to its set are closed');

async function pipelined(client: Redis, commands: readonly Command[]): Promise<readonly unknown[]> {
  const pipeline = client.pipeline();
  for (const [name, ...args] of commands) pipeline.call(name, ...args);
  const results = (await pipeline.exec()) ?? [];
  const failure = results.find(([error]) => error !== null && error.name !== 'ReplyError')?.[0];
  if (failure) throw failure;
  return results.map(([error, value]) => error ?? value);
}

/** While passwords are rotated a node may not know the new one yet. */
async function letIn(node: NodeQuestion, options: LinkOptions): Promise<Redis> {
  let refusal: NodeSilent | undefined;
  for (const password of options.passwords()) {
    const client = newClient(node, password, options);
    try {
      await connected(client, node.address);
      return client;
    } catch (error) {
      if (!(error instanceof NodeSilent) || error.silence !== 'rejects') throw error;
      refusal ??= error;
    }
  }
  throw refusal ?? new NodeSilent(node.address, 'rejects', 'there is no password to log in with');
}

async function connected(client: Redis, address: string): Promise<void> {
  let reason: unknown;
  client.on('error', (error) => (reason ??= error));
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const cause = reason ?? error;
    throw new NodeSilent(address, silenceOf(cause), cause);
  }
}

const silences: Readonly<Record<string, Silence>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

function silenceOf(error: unknown): Silence {
  if (!(error instanceof Error)) return 'mute';
  if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(error.message)) return 'rejects';
  const code = 'code' in error ? String(error.code) : '';
  return silences[code] ?? 'mute';
}

function newClient(node: NodeQuestion, password: string, options: LinkOptions): Redis {
  const { timeoutMs = 700, connectTimeoutMs = 400 } = options;
  const tls = options.tls?.(node.address);
  return new Redis({
    host: node.address,
    port: node.port,
    username: 'operator',
    password,
    ...(tls && { tls }),
    connectionName: 'operator',
    lazyConnect: true,
    connectTimeout: connectTimeoutMs,
    commandTimeout: timeoutMs,
    enableReadyCheck: false,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
}

const keyOf = ({ address, port }: NodeQuestion): string => `${address}:${port}`;

export function portOf(kind: 'member' | 'sentinel', node: NodeAddress): NodeQuestion {
  return { address: node.address, port: kind === 'member' ? 6379 : 26379 };
}

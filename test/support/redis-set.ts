// A whole Redis set (members and Sentinels) as local processes, started by the very commands of the image. Each
// node has its own loopback address and the standard port, so addresses behave as the pods' ClusterIPs do.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import type { ConnectionOptions } from 'node:tls';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { LocalProcess } from '../../app/dev/processes.ts';
import { leastDownAfterMs } from '../../operator/redis/model.ts';
import { eventually } from './eventually.ts';
import { nodeProcesses } from './redis-processes.ts';
import type { Layout } from './redis-processes.ts';
import { writeCertificates } from './test-certificates.ts';
import type { TestCertificates } from './test-certificates.ts';
import { timeouts } from './timeouts.ts';

export const redisPort = 6379;
export const sentinelPort = 26379;
export const masterName = 'main';
const roles = ['app', 'replication', 'sentinel', 'operator', 'metrics'] as const;
export type RedisRole = (typeof roles)[number];

export interface RedisSetOptions {
  /** @default 3 */
  readonly members?: number;
  /** @default 3 */
  readonly sentinels?: number;
  /** Silence after which a Sentinel takes the master for dead, in milliseconds. @default leastDownAfterMs */
  readonly downAfterMs?: number;
  /** With certificates, as in a cluster. @default false */
  readonly tls?: boolean;
}

export interface RedisSet {
  readonly members: readonly string[];
  readonly sentinels: readonly string[];
  /** As they were at the start. */
  readonly passwords: Readonly<Record<RedisRole, string>>;
  /** Where the passwords are, one file each, as they are mounted in a pod. */
  readonly credentials: string;
  /** Null when the set speaks plainly. */
  readonly certificates: TestCertificates | null;
  /** How a client verifies any node; undefined when the set speaks plainly. */
  readonly tls: ConnectionOptions | undefined;
  /** The first password that is mounted for a role now. */
  password(role: RedisRole): string;
  address(name: string): string;
  /** Which node has this address; the address itself when none has. */
  nameOf(address: string): string;
  start(name: string): Promise<void>;
  /** SIGTERM, and waits for the end. */
  stop(name: string): Promise<void>;
  /** Resolves when it has ended by itself. */
  ended(name: string): Promise<void>;
  /** SIGKILL, and waits for the end. */
  kill(name: string): Promise<void>;
  freeze(name: string): void;
  thaw(name: string): void;
  /** Where a node keeps its data. */
  dataOf(name: string): string;
  /** Removes a stopped node's data, as if its volume were lost. */
  wipe(name: string): Promise<void>;
  /** Runs a command of the image (e.g. redis-node-pre-stop) with that node's environment; its exit code. */
  run(name: string, command: string, args?: readonly string[]): Promise<number | NodeJS.Signals | null>;
  /** A direct connection to one node; closed with the set. */
  connect(name: string, role?: RedisRole): Redis;
  /** The master's address by the first Sentinel's word; undefined when it knows none. */
  masterAddress(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** Starts all nodes. They wait at the gate: the operator, or `blessFirstMaster`, makes one the master. */
export async function startRedisSet(options: RedisSetOptions = {}): Promise<RedisSet> {
  const nodes = layOut(options);
  const folder = await mkdtemp(join(tmpdir(), 'redis-set-'));
  const credentials = join(folder, 'credentials');
  const passwords = await writePasswords(credentials);
  const certificates = options.tls ? await writeCertificates(join(folder, 'tls'), ['redis']) : null;
  const environment = (name: string): Record<string, string> => environmentOf(name, nodes, folder, options);
  const processes = nodeProcesses(folder, nodes, environment);
  const clients: Redis[] = [];
  const set: RedisSet = {
    ...processes.control,
    ...{ members: nodes.members, sentinels: nodes.sentinels },
    ...{ passwords, credentials, certificates },
    tls: certificates ? { ca: certificates.ca, servername: 'redis' } : undefined,
    password: (role) => readFileSync(join(credentials, `${role}-password`), 'utf8').split(/\s/)[0] ?? '',
    address: (name) => nodes.addresses.get(name) ?? fail(`no node ${name}`),
    nameOf: (wanted) => [...nodes.addresses].find(([, own]) => own === wanted)?.[0] ?? wanted,
    start: async (name) => answering(set, name, await processes.start(name)),
    connect: (name, role = 'operator') => {
      const client = directClient(set, name, role);
      clients.push(client);
      return client;
    },
    masterAddress: () => masterByFirst(set),
    close: async () => {
      for (const client of clients) client.disconnect();
      await processes.stopAll();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await Promise.all([...nodes.members, ...nodes.sentinels].map((name) => set.start(name)));
  } catch (error) {
    await set.close();
    throw error;
  }
  return set;
}

async function masterByFirst(set: RedisSet): Promise<string | undefined> {
  const [first = fail('no Sentinels')] = set.sentinels;
  const reply = await set.connect(first).call('sentinel', 'get-master-addr-by-name', masterName);
  return Array.isArray(reply) ? String(reply[0]) : undefined;
}

/** Does by hand what the operator does for a new set: one member becomes the master, the Sentinels watch it. */
export async function blessFirstMaster(set: RedisSet, name = 'redis-0'): Promise<void> {
  const member = set.connect(name);
  await member.call('replicaof', 'no', 'one');
  await member.config('SET', 'replica-priority', '100');
  for (const user of ['replica', 'sentinel', 'app']) await member.call('acl', 'setuser', user, 'on');
  for (const sentinel of set.sentinels) await watchMaster(set, sentinel, name);
  await eventually(() => allReplicasOnline(set, name), { withinMs: timeouts.localServerReadyMs });
}

async function allReplicasOnline(set: RedisSet, master: string): Promise<void> {
  const missing = new Set(set.members.filter((name) => name !== master));
  for (const name of missing) {
    const info = await set.connect(name).info('replication');
    const priority = await set.connect(name).config('GET', 'replica-priority');
    if (info.includes('master_link_status:up') && String(priority).endsWith('100')) missing.delete(name);
  }
  for (const sentinel of set.sentinels) {
    const known = await set.connect(sentinel).call('sentinel', 'replicas', masterName);
    if (!Array.isArray(known) || known.length < set.members.length - 1) missing.add(sentinel);
  }
  if (missing.size > 0) throw new Error(`not yet part of the set: ${[...missing].join(', ')}`);
}

async function watchMaster(set: RedisSet, sentinel: string, master: string): Promise<void> {
  const client = set.connect(sentinel);
  const quorum = String(Math.floor(set.sentinels.length / 2) + 1);
  await client.call('sentinel', 'monitor', masterName, set.address(master), String(redisPort), quorum);
  const credentials = ['auth-user', 'sentinel', 'auth-pass', set.passwords.sentinel];
  const timing = [
    'down-after-milliseconds',
    String(leastDownAfterMs),
    'failover-timeout',
    '10000',
    'parallel-syncs',
    '1',
  ];
  await client.call('sentinel', 'set', masterName, ...credentials, ...timing);
}

function layOut({ members = 3, sentinels = 3 }: RedisSetOptions): Layout {
  // A network of its own in 127.0.0.0/8, so that sets of several test runs never meet.
  const [a = 0, b = 0] = randomBytes(2);
  const network = `127.${10 + (a % 200)}.${b}`;
  const names = (kind: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${kind}-${i}`);
  const redis = names('redis', members);
  const watchers = names('sentinel', sentinels);
  const addresses = new Map([
    ...redis.map((name, i): [string, string] => [name, `${network}.${11 + i}`]),
    ...watchers.map((name, i): [string, string] => [name, `${network}.${21 + i}`]),
  ]);
  return { members: redis, sentinels: watchers, addresses };
}

async function writePasswords(folder: string): Promise<Record<RedisRole, string>> {
  await mkdir(folder);
  const passwords = Object.fromEntries(roles.map((role) => [role, randomBytes(12).toString('hex')]));
  for (const role of roles) await writeFile(join(folder, `${role}-password`), passwords[role] ?? '');
  return passwords as Record<RedisRole, string>;
}

function environmentOf(
  name: string,
  nodes: Layout,
  folder: string,
  options: RedisSetOptions,
): Record<string, string> {
  const addresses = [...nodes.addresses].map(([node, address]): [string, string] => [
    `${node.toUpperCase().replace('-', '_')}_SERVICE_HOST`,
    address,
  ]);
  return {
    ...Object.fromEntries(addresses),
    POD_NAME: name,
    POD_NAMESPACE: createHash('sha1').update(folder).digest('hex').slice(0, 8),
    MEMBERS: nodes.members.join(),
    SENTINELS: nodes.sentinels.join(),
    MASTER_NAME: masterName,
    CREDENTIALS_DIR: join(folder, 'credentials'),
    TLS_DIR: options.tls ? join(folder, 'tls') : '',
    RENEW_EVERY_SECONDS: '0.2',
    RENEW_PAUSE_SECONDS: '1',
    DATA_DIR: join(folder, name, 'data'),
    RUN_DIR: join(folder, name, 'run'),
    BIND_ADDRESS: nodes.addresses.get(name) ?? fail(`no node ${name}`),
    DOWN_AFTER_MS: String(options.downAfterMs ?? leastDownAfterMs),
    REPL_BACKLOG_SIZE: '16mb',
  };
}

function directClient(set: RedisSet, name: string, role: RedisRole): Redis {
  const client = new Redis({
    host: set.address(name),
    port: set.members.includes(name) ? redisPort : sentinelPort,
    username: role === 'replication' ? 'replica' : role,
    password: set.password(role),
    ...(set.tls && { tls: set.tls }),
    commandTimeout: timeouts.soonMs,
    connectTimeout: timeouts.connectMs,
    retryStrategy: () => 200,
    enableReadyCheck: false,
    maxRetriesPerRequest: 10,
  });
  client.on('error', () => undefined);
  return client;
}

/** Resolves once it answers; throws as soon as it has ended instead. */
async function answering(set: RedisSet, name: string, started: LocalProcess): Promise<void> {
  const client = directClient(set, name, 'operator');
  try {
    await eventually(
      async () => {
        if (started.running()) await client.ping();
      },
      { withinMs: timeouts.localServerReadyMs, everyMs: 50 },
    );
  } finally {
    client.disconnect();
  }
  if (!started.running()) throw new Error(`${name} ended at once:\n${started.tail()}`);
}

function fail(message: string): never {
  throw new Error(`redis set: ${message}`);
}

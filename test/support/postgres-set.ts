// Three real agents with three real Postgres servers on loopback: a set without a cluster. Everything lives in one
// temporary folder, runs as a user that Postgres accepts, and is gone after close().
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { AgentStatus, Command, CommandAnswer } from '../../operator/agent/protocol.ts';
import { askAgent } from '../../operator/agent/transport.ts';
import type { AgentTarget } from '../../operator/agent/transport.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import { mountSmall, unmountSmall } from './small-volume.ts';
import { writeCertificates } from './test-certificates.ts';
import type { TestCertificates } from './test-certificates.ts';
import { timeouts } from './timeouts.ts';

export interface SetMember {
  readonly name: string;
  readonly postgresPort: number;
  readonly target: AgentTarget;
  readonly folder: string;
  /** `token`: when it is no longer the set's first one. */
  status(token?: string): Promise<AgentStatus>;
  command(command: Command): Promise<CommandAnswer>;
  startAgent(): void;
  /** As when a container is killed: agent and Postgres at once. */
  kill(): Promise<void>;
  /** kill -9 of the postmaster only. */
  killPostmaster(): void;
  signalPostgres(signal: NodeJS.Signals): void;
}

export interface PostgresSet {
  readonly members: readonly [SetMember, SetMember, SetMember];
  readonly names: readonly string[];
  readonly token: string;
  /** Null when the set speaks plainly. */
  readonly certificates: TestCertificates | null;
  /** Where the members' passwords are, one file each. */
  readonly credentials: string;
  password(key: string): string;
  member(name: string): SetMember;
  /** What the agents take for the API server; close it to take it away from them. */
  readonly apiServer: Server;
  /** A client as the application's user. */
  connect(member: string, options?: pg.ClientConfig): Promise<pg.Client>;
  close(): Promise<void>;
}

const APP_PASSWORD = 'app-secret-of-this-test';
const TOKEN = 'agent-token-of-this-test';

/** Postgres refuses to run as root; Debian's package brings the user `postgres`. */
export const RUN_AS = process.getuid?.() === 0 ? idsOf('postgres') : undefined;

function idsOf(user: string): { uid: number; gid: number } {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${user}:`));
  if (line === undefined) throw new Error(`no user ${user}: install Debian's package postgresql`);
  const [, , uid, gid] = line.split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

/** Debian's newest Postgres, with all its programs. Throws with what to install when there is none. */
export function findPostgresBin(): string {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions
    .map((version) => join(root, version, 'bin'))
    .find((path) => existsSync(join(path, 'pg_rewind')));
  if (found === undefined) {
    throw new Error(
      'no Postgres with pg_basebackup and pg_rewind in /usr/lib/postgresql: apt-get install postgresql',
    );
  }
  return found;
}

export interface SetOptions {
  /** More variables for every agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Volumes of their own, of so many MiB, for members by name. Needs root. */
  readonly volumesMib?: Readonly<Record<string, number>>;
  /** With certificates, as in a cluster. @default false */
  readonly tls?: boolean;
  /** Further servers beside the three that a set begins with. @default none */
  readonly more?: readonly string[];
}

/** With `mib` its volume is a small file system of its own. */
async function makeFolders(folder: string, mib: number | undefined): Promise<void> {
  const volume = join(folder, 'volume');
  for (const path of [folder, volume, join(folder, 'run')]) {
    await mkdir(path);
    if (path === volume && mib !== undefined) await mountSmall(path, mib);
    if (RUN_AS) await chown(path, RUN_AS.uid, RUN_AS.gid);
  }
}

function certify(root: string): Promise<TestCertificates> {
  return writeCertificates(join(root, 'tls'), ['*.pg-peers.ns.svc'], RUN_AS?.gid);
}

export async function startPostgresSet(options: SetOptions = {}): Promise<PostgresSet> {
  const root = await mkdtemp(join(tmpdir(), 'postgres-set-'));
  const first = ['pg-0', 'pg-1', 'pg-2'];
  const names = [...first, ...(options.more ?? [])];
  const ports: number[] = [];
  while (ports.length < names.length * 2) ports.push(await freePort());
  await chmod(root, 0o755);
  const credentials = join(root, 'credentials');
  await mkdir(credentials);
  const secrets = {
    'superuser-password': 'super-secret-of-this-test',
    'replication-password': 'replication:secret\\of this test'.replaceAll(' ', '-'),
    'app-password': APP_PASSWORD,
    'agent-token': TOKEN,
  };
  for (const [key, value] of Object.entries(secrets)) await writeFile(join(credentials, key), value);
  const addresses = names.map(
    (name, i) => `${name}=127.0.0.1:${String(ports[i * 2])}:${String(ports[i * 2 + 1])}`,
  );
  const apiServer = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => apiServer.listen(0, '127.0.0.1', resolve));
  const certificates = options.tls === true ? await certify(root) : null;
  const members = [];
  for (const [index, name] of names.entries()) {
    const folder = join(root, name);
    await makeFolders(folder, options.volumesMib?.[name]);
    const env = {
      PATH: process.env.PATH,
      POD_NAME: name,
      MEMBERS: first.join(','),
      PEER_ADDRESSES: addresses.join(','),
      DATABASE: 'app',
      DATABASE_OWNER: 'app',
      PGDATA: join(folder, 'volume', 'pgdata'),
      POSTGRES_BIN: findPostgresBin(),
      SOCKET_DIR: join(folder, 'run'),
      POSTGRES_PORT: String(ports[index * 2]),
      AGENT_PORT: String(ports[index * 2 + 1]),
      CREDENTIALS_DIR: credentials,
      TLS_DIR: certificates?.folder ?? '',
      SHARED_BUFFERS: '16MB',
      KUBERNETES_SERVICE_HOST: '127.0.0.1',
      KUBERNETES_SERVICE_PORT: String((apiServer.address() as AddressInfo).port),
      BACKUP_SCRATCH: join(folder, 'run', 'pgbackrest'),
      ...options.env,
    };
    members.push(createMember(name, folder, env, certificates));
  }
  return setOf(root, members, apiServer, certificates);
}

function setOf(
  root: string,
  members: readonly SetMember[],
  apiServer: Server,
  certificates: TestCertificates | null,
): PostgresSet {
  const member = (name: string): SetMember => {
    const found = members.find((candidate) => candidate.name === name);
    if (!found) throw new Error(`no member ${name}`);
    return found;
  };
  return {
    members: members as unknown as PostgresSet['members'],
    names: members.map(({ name }) => name),
    token: TOKEN,
    certificates,
    credentials: join(root, 'credentials'),
    password: (key) => readFileSync(join(root, 'credentials', key), 'utf8'),
    apiServer,
    member,
    connect: async (name, options = {}) => {
      const client = new pg.Client({
        host: '127.0.0.1',
        port: member(name).postgresPort,
        user: 'app',
        password: APP_PASSWORD,
        database: 'app',
        connectionTimeoutMillis: 1000,
        query_timeout: 3000,
        ssl: certificates ? { ca: certificates.ca } : false,
        ...options,
      });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    },
    close: async () => {
      await Promise.all(members.map((each) => each.kill()));
      apiServer.close();
      await unmountSmall(root);
      await rm(root, { recursive: true, force: true });
    },
  };
}

function createMember(
  name: string,
  folder: string,
  env: Record<string, string | undefined>,
  certificates: TestCertificates | null,
): SetMember {
  const pgdata = env.PGDATA ?? '';
  const target = {
    host: '127.0.0.1',
    port: Number(env.AGENT_PORT),
    token: TOKEN,
    ca: certificates?.ca ?? null,
  };
  let child: ChildProcess | null = null;
  const postmaster = (): number =>
    Number(readFileSync(join(pgdata, 'postmaster.pid'), 'utf8').split('\n')[0]);
  return {
    name,
    postgresPort: Number(env.POSTGRES_PORT),
    target,
    folder,
    status: (token = target.token) =>
      askAgent<AgentStatus>({ ...target, token }, { method: 'GET', path: '/v1/status' }, 5000),
    command: (body) => askAgent(target, { method: 'POST', path: '/v1/command', body }, 10_000, [200, 409]),
    startAgent: () => {
      const log = openSync(join(folder, 'log'), 'a');
      child = spawn(process.execPath, [join(import.meta.dirname, '../../operator/agent/main.ts')], {
        ...RUN_AS,
        env,
        cwd: folder,
        stdio: ['ignore', log, log],
      });
    },
    kill: async () => {
      const running = child;
      child = null;
      if (running?.exitCode === null) {
        const exited = new Promise((resolve) => running.once('exit', resolve));
        running.kill('SIGKILL');
        await exited;
      }
      // Until they are gone: what is still ending holds the lock of a database that is started again at once.
      await eventually(
        () => {
          const pids = processesIn(pgdata);
          for (const pid of pids) signalTo(pid, 'SIGKILL');
          if (pids.length > 0) throw new Error(`${name}: still ending: ${pids.join(', ')}`);
        },
        { withinMs: timeouts.soonMs, everyMs: 10 },
      );
    },
    killPostmaster: () => signalTo(postmaster(), 'SIGKILL'),
    signalPostgres: (signal) => {
      for (const pid of processesIn(pgdata)) signalTo(pid, signal);
    },
  };
}

function processesIn(folder: string): readonly number[] {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === folder;
    } catch {
      return false;
    }
  });
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}

// Three real agents with three real Postgres servers on loopback: a set without a cluster. Everything lives in one
// temporary folder, runs as a user that Postgres accepts, and is gone after close().
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { createMember, RUN_AS, TOKEN } from './postgres-member.ts';
import type { SetMember } from './postgres-member.ts';
import { mountSmall, unmountSmall } from './small-volume.ts';
import { writeCertificates } from './test-certificates.ts';
import type { TestCertificates } from './test-certificates.ts';

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

async function writeCredentials(root: string): Promise<string> {
  const folder = join(root, 'credentials');
  await mkdir(folder);
  const secrets = {
    'superuser-password': 'super-secret-of-this-test',
    'replication-password': 'replication:secret\\of this test'.replaceAll(' ', '-'),
    'app-password': APP_PASSWORD,
    'agent-token': TOKEN,
  };
  for (const [key, value] of Object.entries(secrets)) await writeFile(join(folder, key), value);
  return folder;
}

export async function startPostgresSet(options: SetOptions = {}): Promise<PostgresSet> {
  const root = await mkdtemp(join(tmpdir(), 'postgres-set-'));
  const first = ['pg-0', 'pg-1', 'pg-2'];
  const names = [...first, ...(options.more ?? [])];
  const ports: number[] = [];
  while (ports.length < names.length * 2) ports.push(await freePort());
  await chmod(root, 0o755);
  const credentials = await writeCredentials(root);
  const addresses = names.map(
    (name, i) => `${name}=127.0.0.1:${String(ports[i * 2])}:${String(ports[i * 2 + 1])}`,
  );
  const apiServer = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => apiServer.listen(0, '127.0.0.1', resolve));
  const certificates = options.tls === true ? await certify(root) : null;
  const common = {
    ...{ PATH: process.env.PATH, POSTGRES_BIN: findPostgresBin(), SHARED_BUFFERS: '16MB' },
    ...{ MEMBERS: first.join(','), PEER_ADDRESSES: addresses.join(',') },
    ...{ DATABASE: 'app', DATABASE_OWNER: 'app' },
    ...{ CREDENTIALS_DIR: credentials, TLS_DIR: certificates?.folder ?? '' },
    KUBERNETES_SERVICE_HOST: '127.0.0.1',
    KUBERNETES_SERVICE_PORT: String((apiServer.address() as AddressInfo).port),
  };
  const members = [];
  for (const [index, name] of names.entries()) {
    const folder = join(root, name);
    await makeFolders(folder, options.volumesMib?.[name]);
    const env = {
      ...common,
      ...placesIn(folder),
      POD_NAME: name,
      POSTGRES_PORT: String(ports[index * 2]),
      AGENT_PORT: String(ports[index * 2 + 1]),
      ...options.env,
    };
    members.push(createMember(name, folder, env, certificates));
  }
  return setOf(root, members, apiServer, certificates);
}

const placesIn = (folder: string): Record<string, string> => ({
  PGDATA: join(folder, 'volume', 'pgdata'),
  SOCKET_DIR: join(folder, 'run'),
  BACKUP_SCRATCH: join(folder, 'run', 'pgbackrest'),
});

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
    connect: (name, options = {}) => {
      const ssl = certificates ? { ca: certificates.ca } : false;
      return connectAsApp({ port: member(name).postgresPort, ssl, ...options });
    },
    close: async () => {
      await Promise.all(members.map((each) => each.kill()));
      apiServer.close();
      await unmountSmall(root);
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function connectAsApp(options: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', user: 'app', password: APP_PASSWORD, database: 'app' },
    ...{ connectionTimeoutMillis: 1000, query_timeout: 3000 },
    ...options,
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

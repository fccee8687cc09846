// The agent's own settings, from the environment of its container. Unreadable values end the start with a message
// that names the variable.
import { dirname, join } from 'node:path';
import * as z from 'zod';

export interface Settings {
  /** This member; as a standby it is known by this name and its term. */
  readonly name: string;
  /** The members a set begins with, in order; the operator tells of more. */
  readonly members: readonly string[];
  /** Members are reached at `<name>.<peersDomain>`; empty: `peerAddresses` says where. */
  readonly peersDomain: string;
  /** name=host:postgresPort:agentPort, for sets outside a cluster. */
  readonly peerAddresses: Readonly<Record<string, PeerAddress>>;
  readonly database: string;
  readonly owner: string;
  readonly pgdata: string;
  readonly binDir: string;
  readonly socketDir: string;
  readonly postgresPort: number;
  readonly agentPort: number;
  readonly credentialsDir: string;
  /** `ca.crt`, `tls.crt` and `tls.key`; empty: nothing is encrypted, which is for sets on one machine. */
  readonly tlsDir: string;
  /** Where config and promise live: on the volume, outside PGDATA, which pg_rewind overwrites. */
  readonly confDir: string;
  readonly promisePath: string;
  /** host:port whose reachability keeps an isolated primary alive; empty: never counts as reachable. */
  readonly apiServer: string;
  /** Memory for shared_buffers, e.g. "64MB". */
  readonly sharedBuffers: string;
  readonly logLevel: string;
  readonly backup: BackupPlaces;
}

/** Where the parts of backups are in this pod. */
export interface BackupPlaces {
  readonly program: string;
  /** Keys and certificate authority of an S3 repository. */
  readonly credentialsDir: string;
  /** Where a repository of kind volume is mounted. */
  readonly volumePath: string;
  /** For locks: gone with the pod. */
  readonly scratchDir: string;
  readonly memoryPath: string;
}

/** A member to receive from. */
export interface Source {
  readonly member: string;
  /** Of its pod; null: found by its name. With half of the cluster's DNS gone a name took 19 s. */
  readonly address: string | null;
}

export interface PeerAddress {
  readonly host: string;
  readonly postgresPort: number;
  readonly agentPort: number;
}

const port = z.coerce.number().int().min(1).max(65_535);

const shape = z.object({
  POD_NAME: z.string().min(1),
  MEMBERS: z.string().min(1),
  PEERS_DOMAIN: z.string().default(''),
  PEER_ADDRESSES: z.string().default(''),
  DATABASE: z.string().min(1),
  DATABASE_OWNER: z.string().min(1),
  PGDATA: z.string().startsWith('/'),
  POSTGRES_BIN: z.string().startsWith('/').default('/usr/lib/postgresql/17/bin'),
  SOCKET_DIR: z.string().startsWith('/').default('/run/postgresql'),
  POSTGRES_PORT: port.default(5432),
  AGENT_PORT: port.default(8008),
  CREDENTIALS_DIR: z.string().startsWith('/'),
  TLS_DIR: z.union([z.literal(''), z.string().startsWith('/')]).default(''),
  KUBERNETES_SERVICE_HOST: z.string().default(''),
  KUBERNETES_SERVICE_PORT: z.string().default('443'),
  SHARED_BUFFERS: z
    .string()
    .regex(/^\d+MB$/)
    .default('64MB'),
  LOG_LEVEL: z.string().default('info'),
  PGBACKREST: z.string().startsWith('/').default('/usr/bin/pgbackrest'),
  BACKUP_CREDENTIALS_DIR: z.string().startsWith('/').default('/etc/secrets/pg-backup'),
  BACKUP_VOLUME: z.string().startsWith('/').default('/var/lib/pgbackrest'),
  BACKUP_SCRATCH: z.string().startsWith('/').default('/tmp/pgbackrest'),
});

/** Throws when a variable is missing or cannot be meant. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = shape.safeParse(env);
  if (!parsed.success) throw new Error(`agent: environment: ${z.prettifyError(parsed.error)}`);
  const values = parsed.data;
  const volume = dirname(values.PGDATA);
  const members = values.MEMBERS.split(',').map((name) => name.trim());
  const apiHost = values.KUBERNETES_SERVICE_HOST;
  return {
    name: values.POD_NAME,
    members,
    peersDomain: values.PEERS_DOMAIN,
    peerAddresses: parseAddresses(values.PEER_ADDRESSES),
    database: values.DATABASE,
    owner: values.DATABASE_OWNER,
    pgdata: values.PGDATA,
    binDir: values.POSTGRES_BIN,
    socketDir: values.SOCKET_DIR,
    postgresPort: values.POSTGRES_PORT,
    agentPort: values.AGENT_PORT,
    credentialsDir: values.CREDENTIALS_DIR,
    tlsDir: values.TLS_DIR,
    confDir: join(volume, 'conf'),
    promisePath: join(volume, 'agent', 'promise.json'),
    apiServer: apiHost === '' ? '' : `${apiHost}:${values.KUBERNETES_SERVICE_PORT}`,
    sharedBuffers: values.SHARED_BUFFERS,
    logLevel: values.LOG_LEVEL,
    backup: {
      program: values.PGBACKREST,
      credentialsDir: values.BACKUP_CREDENTIALS_DIR,
      volumePath: values.BACKUP_VOLUME,
      scratchDir: values.BACKUP_SCRATCH,
      memoryPath: join(volume, 'agent', 'backup.json'),
    },
  };
}

function parseAddresses(text: string): Record<string, PeerAddress> {
  const entries = text.split(',').filter((entry) => entry !== '');
  return Object.fromEntries(entries.map(parseAddress));
}

function parseAddress(entry: string): [string, PeerAddress] {
  const match = /^([^=]+)=([^:]+):(\d+):(\d+)$/.exec(entry);
  if (!match) throw new Error(`agent: PEER_ADDRESSES: cannot read "${entry}"`);
  const [, name = '', host = '', postgresPort, agentPort] = match;
  return [name, { host, postgresPort: Number(postgresPort), agentPort: Number(agentPort) }];
}

/** Where a member is reached. A name outside a cluster must be in `peerAddresses`. */
export function addressOf(settings: Settings, member: string): PeerAddress {
  const known = settings.peerAddresses[member];
  if (known) return known;
  const { peersDomain, postgresPort, agentPort } = settings;
  if (peersDomain === '') throw new Error(`agent: no address known for member ${member}`);
  return { host: `${member}.${peersDomain}`, postgresPort, agentPort };
}

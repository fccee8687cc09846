// Postgres' configuration, written whole by the agent, outside PGDATA. Each value that matters for safety or for
// the length of an outage says why; research/postgres-ha.md holds the measurements.
import { receiverName, standbyNames } from './commit-rule.ts';
import type { RuleOfTerm } from './commit-rule.ts';
import { formerRoles } from './passwords/former-roles.ts';
import { addressOf } from './settings.ts';
import type { Settings, Source } from './settings.ts';
import { tlsFiles } from './tls-files.ts';

export const REPLICATION_ROLE = 'replicator';

const MAX_CONNECTIONS = 100;
/**
 * As many as its clients may have of them. A commit that nobody acknowledges keeps its connection after its client has gone;
 * when clients that try again had taken all of them, the member that could acknowledge was refused the rewind it came for.
 */
export const DATABASE_CONNECTIONS = 90;

/** A peer that vanished without a word must not hold a connection for long. */
const DEAD_PEERS: readonly (readonly [string, string])[] = [
  ['tcp_keepalives_idle', '2'],
  ['tcp_keepalives_interval', '1'],
  ['tcp_keepalives_count', '3'],
  ['tcp_user_timeout', '5000'],
];

/** postgresql.conf of one member. `upstream` is whom it receives WAL from, or null: it receives none. */
export function postgresqlConf(
  settings: Settings,
  upstream: Source | null,
  passfile: string,
  rule: RuleOfTerm,
): string {
  const receiver = receiverName(settings.name, rule.term);
  const values: readonly (readonly [string, string])[] = [
    ['listen_addresses', '*'],
    ['port', String(settings.postgresPort)],
    ['unix_socket_directories', settings.socketDir],
    ['max_connections', String(MAX_CONNECTIONS)],
    ['shared_buffers', settings.sharedBuffers],
    ...encryption(settings),
    // On every member before it is ever promoted: no moment without a standby's acknowledgement, and no list that
    // names a dead member after a failover.
    ['synchronous_standby_names', standbyNames(rule, settings.name)],
    ['synchronous_commit', 'on'],
    ['wal_level', 'replica'],
    // pg_rewind needs it (or checksums, which initdb turns on too).
    ['wal_log_hints', 'on'],
    ['full_page_writes', 'on'],
    // Four standbys, fifteen read replicas, and clones, which take two each.
    ['max_wal_senders', '40'],
    ['max_replication_slots', '8'],
    // Enough to rejoin without a clone, bounded so that a dead member cannot fill the disk.
    ['wal_keep_size', '512MB'],
    // Slots are nobody's here; one that a person makes and forgets must not fill the disk either.
    ['max_slot_wal_keep_size', '1GB'],
    ['max_wal_size', '1GB'],
    ...streaming,
    ['hot_standby', 'on'],
    // The image comes without LLVM.
    ['jit', 'off'],
    ['hot_standby_feedback', 'on'],
    // A long query on a standby must not build up a backlog that a promotion has to replay.
    ['max_standby_streaming_delay', '5s'],
    ['recovery_target_timeline', 'latest'],
    // The agent decides what happens after a crash, not the postmaster.
    ['restart_after_crash', 'off'],
    ...DEAD_PEERS,
    ...logging,
    ['cluster_name', settings.name],
    ['primary_conninfo', upstream === null ? '' : conninfo(settings, upstream, passfile, receiver)],
  ];
  return `${values.map(([key, value]) => `${key} = '${value.replaceAll("'", "''")}'`).join('\n')}\n`;
}

const streaming: readonly (readonly [string, string])[] = [
  ['wal_sender_timeout', '5s'],
  ['wal_receiver_timeout', '5s'],
  ['wal_receiver_status_interval', '1s'],
  // The default of 5 s is a visible part of other systems' outages: the first commit waits for a reconnect.
  ['wal_retrieve_retry_interval', '100ms'],
];

const logging: readonly (readonly [string, string])[] = [
  ['log_destination', 'stderr'],
  ['logging_collector', 'off'],
  ['log_line_prefix', '%m [%p] '],
  ['log_checkpoints', 'off'],
];

function encryption(settings: Settings): readonly (readonly [string, string])[] {
  const files = tlsFiles(settings);
  const passwords = ['password_encryption', 'scram-sha-256'] as const;
  if (!files) return [passwords];
  return [
    passwords,
    ['ssl', 'on'],
    ['ssl_cert_file', files.cert],
    ['ssl_key_file', files.key],
    ['ssl_min_protocol_version', 'TLSv1.3'],
  ];
}

/**
 * How this member dials another: its own pod, never a Service that could lead elsewhere. The certificate is for the name,
 * wherever that is. The other knows this one as `receiver`.
 */
export function conninfo(settings: Settings, source: Source, passfile: string, receiver: string): string {
  const { host, postgresPort } = addressOf(settings, source.member);
  const values = [
    `host=${host}`,
    ...(source.address === null ? [] : [`hostaddr=${source.address}`]),
    `port=${postgresPort}`,
    `user=${REPLICATION_ROLE}`,
    `passfile=${passfile}`,
    `application_name=${receiver}`,
    'dbname=postgres',
    'connect_timeout=2',
    'keepalives_idle=2',
    'keepalives_interval=1',
    'keepalives_count=3',
    'tcp_user_timeout=5000',
    ...verification(settings),
  ];
  return values.join(' ');
}

/** Read by libpq at each connect: an authority that was added meanwhile is trusted at once. */
function verification(settings: Settings): readonly string[] {
  const files = tlsFiles(settings);
  return files ? ['sslmode=verify-full', `sslrootcert=${files.ca}`] : [];
}

/**
 * Who may connect: by SCRAM only, each role to what it needs, encrypted where the set has certificates. The superuser
 * never from outside the pod.
 */
export function pgHba(settings: Settings): string {
  const { database, owner } = settings;
  const users = [owner, ...formerRoles(owner)].join(',');
  return [
    'local all all scram-sha-256',
    `${remote(settings)} replication ${REPLICATION_ROLE} all scram-sha-256`,
    `${remote(settings)} postgres ${REPLICATION_ROLE} all scram-sha-256`,
    'host all postgres all reject',
    `${remote(settings)} ${database} ${users} all scram-sha-256`,
    '',
  ].join('\n');
}

const remote = (settings: Settings): string => (tlsFiles(settings) ? 'hostssl' : 'host');

export function pgpass(password: string): string {
  return `*:*:*:${REPLICATION_ROLE}:${password.replaceAll(/[\\:]/g, '\\$&')}\n`;
}

// One bounded pool of connections to one Postgres service. It promises that a checkout has a deadline and the
// queue a limit, and that after a failover no request is handed a connection made before it: the first fault
// raises the generation, and older connections are closed when they come up instead of being tried one by one.
import { isIP } from 'node:net';
import pg from 'pg';
import { rememberAddresses } from './known-addresses.ts';
import type { Endpoint } from './known-addresses.ts';
import type { Log } from './log.ts';
import { isConnectionFault } from './pg-errors.ts';
import { createLogin } from './pg-login.ts';
import type { Login } from './pg-login.ts';

export interface PoolOptions {
  readonly name: 'rw' | 'ro';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Asked at every connect. */
  readonly password: () => string;
  /** Whom to trust, asked at every connect; undefined: the connection is plain. */
  readonly ca?: (() => string) | undefined;
  readonly applicationName: string;
  readonly size: number;
  /** Requests that may wait for a connection; beyond it they are refused at once. */
  readonly queueLimit: number;
  readonly connectTimeoutMs: number;
  /** Client side, for a server that says nothing: the statement is abandoned with its connection. */
  readonly queryTimeoutMs: number;
}

export interface PgPool {
  readonly name: 'rw' | 'ro';
  /** Runs `work` on one connection. A connection on which it failed with a connection fault is destroyed. */
  readonly use: <T>(work: (client: pg.PoolClient) => Promise<T>) => Promise<T>;
  readonly stats: () => { total: number; idle: number; waiting: number };
  readonly close: () => Promise<void>;
}

export const POOL_BUSY = 'POOL_BUSY';

function busy(name: string): Error {
  return Object.assign(new Error(`postgres/${name}: the queue for a connection is full`), {
    code: POOL_BUSY,
  });
}

/**
 * A pool gives each connection the configuration it was made with; whom to trust, with what password, and where the host
 * is may have changed since. The certificate is for the name, wherever that is. What becomes of the password is told by
 * the client that has it: a checkout that gets an idle connection has not tried any.
 */
function clientThatAsks({ host, ca }: PoolOptions, login: Login, at?: Endpoint): typeof pg.Client {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return class extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      const ssl = ca && { ssl: { ca: ca(), ...servername } };
      const identity = login.current();
      super({ ...config, host: at?.host ?? host, ...identity, ...ssl });
      this.once('connect', () => login.accepted(identity));
      // Before the pool hears of it, which makes the next client at once.
      this.connection.on('errorMessage', (error) => login.failed(identity, error));
    }
  };
}

/** A server that is alive ends the statement itself before that, and the connection stays: nothing runs on for nobody. */
const SERVER_PART = 0.9;

function configOf(options: PoolOptions, login: Login, at?: Endpoint): pg.PoolConfig {
  return {
    host: options.host,
    port: options.port,
    database: options.database,
    application_name: options.applicationName,
    max: options.size,
    connectionTimeoutMillis: options.connectTimeoutMs,
    query_timeout: options.queryTimeoutMs,
    // Not of COMMIT: Postgres lets it wait for a standby as long as the client does.
    statement_timeout: Math.floor(options.queryTimeoutMs * SERVER_PART),
    keepAlive: true,
    keepAliveInitialDelayMillis: 1_000,
    idleTimeoutMillis: 60_000,
    Client: clientThatAsks(options, login, at),
    // A transaction left open by a lost client must not hold row locks on stock for long.
    idle_in_transaction_session_timeout: 10_000,
  };
}

/**
 * While a request has a connection, the pool does not listen to it, and a primary that goes away would end the
 * process. The request learns of the loss from its own statement.
 */
function surviveLoss(client: pg.ClientBase, pool: string, log: Log): void {
  client.on('error', (error) => log.warn({ err: error, pool }, 'postgres: connection lost'));
}

/** Longer than a fast statement, shorter than any grace period. */
const END_WITHIN_MS = 5_000;

/** A pool ends when its last connection has said goodbye; one to a server that is gone never does. */
async function endWithin(pool: pg.Pool, name: string, log: Log): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(() => {
      log.warn({ pool: name, withinMs: END_WITHIN_MS }, 'postgres: connections left open at the end');
      resolve();
    }, END_WITHIN_MS);
  });
  await Promise.race([pool.end(), tooLate]);
  clearTimeout(timer);
}

function openPool(options: PoolOptions, login: Login, log: Log): Pick<PgPool, 'close'> & { pool: pg.Pool } {
  const { name, host, port } = options;
  // In an outage every connection is opened anew, and the cluster's DNS may be half gone: a name then took 5 to 50 s.
  const known = rememberAddresses([{ host, port }]);
  const pool = new pg.Pool(configOf(options, login, known.endpoints[0]));
  pool.on('connect', (client) => surviveLoss(client, name, log));
  const close = (): Promise<void> => {
    known.stop();
    return endWithin(pool, name, log);
  };
  return { pool, close };
}

export function createPool(options: PoolOptions, log: Log): PgPool {
  const login = createLogin(options.user, options.password);
  const { pool, close } = openPool(options, login, log);
  const born = new WeakMap<pg.ClientBase, number>();
  let generation = 0;
  pool.on('connect', (client) => born.set(client, generation));
  // Idle connections break in a failover; without this listener that would end the process.
  pool.on('error', (error) => {
    generation += 1;
    log.warn({ err: error, pool: options.name }, 'postgres: idle connection lost');
  });

  async function checkout(): Promise<pg.PoolClient> {
    if (pool.waitingCount >= options.queueLimit) throw busy(options.name);
    for (let spare = options.size; spare >= 0; spare -= 1) {
      const client = await login.checkOut(() => pool.connect());
      if (born.get(client) === generation) return client;
      client.release(true);
    }
    throw new Error(`postgres/${options.name}: checkout: only connections from before a failover`);
  }

  async function use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const client = await checkout();
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      const fault = isConnectionFault(error);
      if (fault && born.get(client) === generation) generation += 1;
      client.release(fault);
      throw error;
    }
  }

  return {
    name: options.name,
    use,
    stats: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close,
  };
}

// One connection to the current master, found through the Sentinels. ioredis' defaults hang for a minute on a
// dead master and for ever on a frozen one, so every option is set here, each with the failure it prevents.
import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { ConnectionOptions } from 'node:tls';
import { meansWrongServer } from './redis-errors.ts';
import { createLogin } from './redis-login.ts';
import type { Login } from './redis-login.ts';

export interface RedisEndpoint {
  readonly host: string;
  readonly port: number;
}

export interface RedisCredentials {
  readonly username: string;
  readonly password: string;
}

export interface ConnectionSettings {
  readonly sentinels: readonly RedisEndpoint[];
  readonly masterName: string;
  /** Read again before every connect, so that a rotated password needs no restart. */
  readonly credentials: () => RedisCredentials;
  /** Sentinel's own user, where Sentinel asks for one. */
  readonly sentinelCredentials?: () => RedisCredentials;
  /** How the server is verified, read again likewise; undefined: the connection is plain. */
  readonly tls?: (() => ConnectionOptions) | undefined;
  /** Told of every change of state; must not throw. */
  readonly onStatus?: (name: string, status: ConnectionStatus) => void;
  /** Told why a connection cannot be made, at most every 5 s per connection; must not throw. */
  readonly onError?: (name: string, error: Error) => void;
}

export type ConnectionStatus = 'ready' | 'close' | 'end';

export interface ConnectionKind {
  /** Shown in CLIENT LIST, with a mark of the password that is in use. */
  readonly name: string;
  readonly commandTimeoutMs: number;
  /** Subscribes by itself after each connect, and reads messages as RESP2 has them. */
  readonly isSubscriber?: boolean;
  /** Sends what is asked in one turn of the event loop in one write. */
  readonly sendsTogether?: boolean;
}

export interface Connection {
  readonly client: Redis;
  /** Rises with every new socket: two replies belong together only if it did not change between them. */
  epoch(): number;
  isReady(): boolean;
  close(): void;
}

const connectTimeoutMs = 800;
const sentinelCommandTimeoutMs = 500;
/** A server that holds a command this long without a byte is taken for hung, and its socket is dropped. */
const socketTimeoutMs = 1_000;
const reviveMs = 250;
const reportEveryMs = 5_000;
const renewEveryMs = 2_000;

export function openConnection(settings: ConnectionSettings, kind: ConnectionKind): Connection {
  const login = createLogin({ name: kind.name, read: () => secretOptions(settings) });
  const client = new Redis({ ...optionsFor(settings, kind), ...login.next() });
  const state = { epoch: 0, closing: false, revive: undefined as NodeJS.Timeout | undefined };
  const renewal = keepRenewed(client, login, kind);

  // An 'error' event without a listener ends the process; what matters reaches callers as rejections.
  const report = everyFewSeconds((error: Error) => settings.onError?.(kind.name, error));
  client.on('error', (error: Error) => {
    login.failed(error);
    report(error);
    // ioredis goes round the Sentinels without an end and without a 'close': with a password that was changed meanwhile
    // they would refuse it for ever.
    if (client.status === 'connecting') Object.assign(client.options, login.nextRound());
  });
  // Of each Sentinel: the error of a round tells the last one's alone, which may merely be away.
  client.on('sentinelError', (error: Error) => login.failed(error));
  client.on('ready', () => {
    login.accepted();
    settings.onStatus?.(kind.name, 'ready');
  });
  client.on('close', () => {
    state.epoch += 1;
    Object.assign(client.options, login.next());
    settings.onStatus?.(kind.name, 'close');
  });
  // ioredis can reach 'end' by a race between a disconnect and a connect, and then never tries again.
  client.on('end', () => {
    if (state.closing) return;
    settings.onStatus?.(kind.name, 'end');
    state.revive = setTimeout(() => void client.connect().catch(() => undefined), reviveMs);
  });

  return {
    client,
    epoch: () => state.epoch,
    isReady: () => client.status === 'ready',
    close: () => {
      state.closing = true;
      clearTimeout(state.revive);
      clearInterval(renewal);
      client.disconnect();
    },
  };
}

/** A refused password would otherwise be reported at every attempt. */
function everyFewSeconds(report: (error: Error) => void): (error: Error) => void {
  let lastMs = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (performance.now() - lastMs < reportEveryMs) return;
    lastMs = performance.now();
    report(error);
  };
}

/** A subscriber may say nothing on its connection, not even a password: it dials anew. */
function keepRenewed(client: Redis, login: Login, { isSubscriber }: ConnectionKind): NodeJS.Timeout {
  const timer = setInterval(() => {
    if (client.status !== 'ready' || !login.isOutdated()) return;
    if (isSubscriber === true) client.disconnect(true);
    else void login.renew(client);
  }, renewEveryMs);
  return timer.unref();
}

/** What changes while the process runs: passwords and whom to trust. */
function secretOptions(settings: ConnectionSettings): RedisOptions {
  const sentinel = settings.sentinelCredentials?.();
  const tls = settings.tls?.();
  return {
    ...settings.credentials(),
    ...(sentinel && { sentinelUsername: sentinel.username, sentinelPassword: sentinel.password }),
    ...(tls && { tls, sentinelTLS: tls, enableTLSForSentinelMode: true }),
  };
}

function optionsFor(settings: ConnectionSettings, kind: ConnectionKind): RedisOptions {
  return {
    // The very objects: their hosts become addresses as these are learnt.
    sentinels: [...settings.sentinels],
    name: settings.masterName,
    role: 'master',
    ...(kind.isSubscriber === true && { protocol: 2, autoResubscribe: false }),
    enableAutoPipelining: kind.sendsTogether === true,
    // CLIENT SETINFO, which older servers do not know, twice per connection.
    disableClientInfo: true,
    ...timing(kind),
    ...failureHandling,
  };
}

function timing(kind: ConnectionKind): RedisOptions {
  return {
    connectTimeout: connectTimeoutMs,
    sentinelCommandTimeout: sentinelCommandTimeoutMs,
    commandTimeout: kind.commandTimeoutMs,
    socketTimeout: socketTimeoutMs,
    keepAlive: 5_000,
    noDelay: true,
    // Never null: that would end the client for good. Slower each round, for every pod asks every Sentinel.
    sentinelRetryStrategy: (rounds) => Math.min(100 * rounds, 1_000),
    // Quick, because a new master is one second away; jittered, so that the pods do not come in one wave.
    retryStrategy: (times) => Math.min(50 * times, 250) + Math.round(Math.random() * 50),
  };
}

const failureHandling: RedisOptions = {
  // Learnt Sentinels are only ever added; every dead one would cost a connect timeout at each reconnect.
  updateSentinels: false,
  // Its race with a running connect leaves the client in 'end'; socketTimeout and reconnectOnError do its work.
  failoverDetector: false,
  // Makes ioredis verify the role after connecting, so that a demoted master is not taken for a master.
  enableReadyCheck: true,
  // A queued command is sent even after its caller was told that it timed out: a write nobody waits for.
  enableOfflineQueue: false,
  // A WAIT resent on the next connection answers at once with the replica count: a false acknowledgement.
  autoResendUnfulfilledCommands: false,
  // Rejects what was in flight in the moment its socket closes, instead of at its timeout.
  maxRetriesPerRequest: 0,
  // 1 = reconnect without sending again; the caller decides, by its operation id.
  reconnectOnError: (error) => (meansWrongServer(error) ? 1 : false),
};

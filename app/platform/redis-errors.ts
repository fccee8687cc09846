// What can go wrong with Redis, in the one distinction callers branch on: "Redis cannot do it now, the same
// operation may be tried again" (RedisUnavailable) or a mistake of ours (everything else, passed through).

import { StoreUnavailable } from './store-unavailable.ts';

export type UnavailableReason =
  /** No connection to a master, or it closed while the command was in flight. */
  | 'disconnected'
  /** No answer in time. The command may still have been applied. */
  | 'timeout'
  /** The server answered that it is not a writable master now, or full (READONLY, NOREPLICAS, LOADING, OOM …). */
  | 'refused'
  /** Applied on the master, but no replica confirmed it: a failover could forget it. */
  | 'unreplicated'
  /** Too many commands wait already; refused at once so that a hung Redis cannot fill the process. */
  | 'busy';

/** Redis could not do it now. Retrying the same operation id is safe; whether it was applied is unknown. */
export class RedisUnavailable extends StoreUnavailable {
  readonly reason: UnavailableReason;

  constructor(operation: string, reason: UnavailableReason, cause?: unknown) {
    super(`redis: ${operation}: ${reason}${detail(cause)}`, { cause });
    this.name = 'RedisUnavailable';
    this.reason = reason;
  }
}

function detail(cause: unknown): string {
  return cause instanceof Error ? ` (${cause.message})` : '';
}

/** Codes by which a server says "not me, not now". NOREPLICAS is also the old master after a failover. */
const refusals = new Set([
  'READONLY',
  'NOREPLICAS',
  'MASTERDOWN',
  'LOADING',
  'UNBLOCKED',
  'MISCONF',
  // Full: nothing is thrown out to make room (noeviction), so that no cart is; it still reads.
  'OOM',
  'BUSY',
  'TRYAGAIN',
  'NOAUTH',
  'WRONGPASS',
  'NOPERM',
]);

/** After these the connection is worthless: the client must ask the Sentinels again who is master. */
const wrongServer = new Set(['READONLY', 'NOREPLICAS', 'MASTERDOWN', 'LOADING', 'UNBLOCKED']);

/** The server's error code (first word of an error reply), or '' when the error is the client's own. */
export function replyCode(error: unknown): string {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return '';
  return /^[A-Z]+/.exec(error.message)?.[0] ?? 'ERR';
}

export function meansWrongServer(error: unknown): boolean {
  return wrongServer.has(replyCode(error));
}

/** Any error a command rejected with → RedisUnavailable, or the error itself when it is a bug of the caller. */
export function asRedisError(operation: string, error: unknown): Error {
  if (error instanceof RedisUnavailable) return error;
  const code = replyCode(error);
  if (refusals.has(code)) return new RedisUnavailable(operation, 'refused', error);
  if (code !== '') return error as Error;
  const timedOut = error instanceof Error && /timed out/i.test(error.message);
  return new RedisUnavailable(operation, timedOut ? 'timeout' : 'disconnected', error);
}

// What an error from Postgres or its connection means for the request: worth another try, or not. A commit whose
// reply was lost is "unknown", so only work that may safely run twice is ever retried (the caller says so).

/** SQLSTATEs of a server that is going, coming, or no longer the primary, and of a lost race. */
const RETRIABLE_STATES = new Set([
  '57014', // cancelled after its time: it waited for a lock, or the server is slow just now
  '57P01', // terminated by an administrator: the old primary is being stopped
  '57P02', // crash of another backend
  '57P03', // starting up
  '57P05', // idle session timed out
  '25006', // read-only: this one is not the primary any more
  '40001', // serialization failure
  '40P01', // deadlock
  '53300', // too many connections
  '72000', // snapshot too old
]);

const RETRIABLE_CODES = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
]);

/**
 * Messages of node-postgres for its own timers, for a socket that went away, for a server that ends while it is asked for
 * encryption, and for one from before certificates, which is about to be replaced; it gives them no code.
 */
const RETRIABLE_MESSAGE =
  /connection terminated|timeout exceeded when trying to connect|query read timeout|client has encountered a connection error|not queryable|conflict with recovery|does not support SSL|establishing an SSL/i;

export interface Notice {
  readonly code?: string | undefined;
  readonly severity?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * Whether a warning during COMMIT says that the wait for a standby was given up. Told by its code, because messages
 * come in the server's language; a plain warning is what a cancelled wait has, 57P01 a terminated one.
 */
export function meansWaitCancelled({ code, severity, message }: Notice): boolean {
  if (/canceling (the )?wait for synchronous replication/i.test(message ?? '')) return true;
  return severity === 'WARNING' && (code === '01000' || code === '57P01');
}

/** Raised when COMMIT came back although the wait for a standby had been cancelled: that is no acknowledgement. */
export const UNACKNOWLEDGED_COMMIT = 'UNACKNOWLEDGED_COMMIT';

export function unacknowledgedCommit(): Error {
  return Object.assign(
    new Error(
      'postgres: commit: the wait for a standby was cancelled, so the write may be lost in a failover',
    ),
    { code: UNACKNOWLEDGED_COMMIT },
  );
}

export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : '';
}

/** Whether the same work may succeed on another connection a moment later. */
export function isRetriable(error: unknown): boolean {
  const code = codeOf(error);
  if (RETRIABLE_STATES.has(code) || RETRIABLE_CODES.has(code)) return true;
  if (code === UNACKNOWLEDGED_COMMIT || code.startsWith('08')) return true;
  return error instanceof Error && RETRIABLE_MESSAGE.test(error.message);
}

/** Of a statement that failed on a connection with which all is well. */
const STATEMENT_STATES = new Set(['40001', '40P01', '57014', '72000']);

/** Whether the connection (not just the statement) is at fault, so that its pool's other ones are suspect too. */
export function isConnectionFault(error: unknown): boolean {
  return !STATEMENT_STATES.has(codeOf(error)) && isRetriable(error);
}

/** Unique violation of the named constraint (any, when none is named). */
export function isUniqueViolation(error: unknown, constraint?: string): boolean {
  if (codeOf(error) !== '23505') return false;
  return constraint === undefined || (error as { constraint?: string }).constraint === constraint;
}

/** What the named constraint refers to is not there. */
export function isForeignKeyViolation(error: unknown, constraint: string): boolean {
  return codeOf(error) === '23503' && (error as { constraint?: string }).constraint === constraint;
}

/** CHECK violation of the named constraint. */
export function isCheckViolation(error: unknown, constraint: string): boolean {
  return codeOf(error) === '23514' && (error as { constraint?: string }).constraint === constraint;
}

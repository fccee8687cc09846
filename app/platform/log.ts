// JSON lines on stdout. What identifies or could impersonate a shopper never gets into a line: cookies,
// passwords, cards, addresses and keys are redacted by path, wherever a handler puts them.
import { pino } from 'pino';
import type { DestinationStream, Logger } from 'pino';

export type Log = Logger;

const SECRETS = [
  'cookie',
  'authorization',
  'password',
  'newPassword',
  'currentPassword',
  'cardNumber',
  'cardCode',
  'address',
  'email',
  'token',
];

/**
 * Lines are written together: a write per request would cost more than most pages. They are out after twice
 * FLUSH_MS at the latest, and at the end of the process; when nobody takes lines any more, new ones are dropped.
 */
const TOGETHER = 4_096;
const FLUSH_MS = 125;
const MOST_WAITING_BYTES = 1_048_576;

interface Output extends DestinationStream {
  readonly flush: (done?: (error?: Error) => void) => void;
}

/**
 * Lines are gathered here as text, and given on as bytes: one by one, each would be turned into bytes and put together
 * again, and given text the output would measure all that waits with every line.
 */
function standardOutput(): Output {
  const output = pino.destination({
    fd: 1,
    sync: false,
    contentMode: 'buffer',
    // Less than this it keeps until it is flushed: a write that begins while the process ends may never be made.
    minLength: TOGETHER,
    periodicFlush: FLUSH_MS,
    maxLength: MOST_WAITING_BYTES,
  });
  let gathered = '';
  const giveOn = (): void => {
    if (gathered === '') return;
    output.write(Buffer.from(gathered) as never);
    gathered = '';
  };
  setInterval(giveOn, FLUSH_MS).unref();
  // In front of the output's own, which writes at the end of the process what it was given.
  process.prependListener('exit', giveOn);
  return {
    write: (line) => {
      gathered += line;
      if (gathered.length >= TOGETHER) giveOn();
    },
    flush: (done) => {
      giveOn();
      output.flush(done);
    },
  };
}

/** SQLSTATE classes whose messages and details quote the values that were refused. */
const QUOTES_VALUES = /^2[23]/;

/** nodemailer's, whose messages quote the mail server's answer, and that the address it refuses. */
const QUOTES_ADDRESSES = new Set(['EENVELOPE', 'EMESSAGE', 'EPROTOCOL', 'EAUTH']);

interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: unknown;
  readonly constraint: unknown;
  readonly cause: LoggedError | undefined;
}

/** Where it came from, without the message that opens the stack. */
function framesOf(error: Error): string | undefined {
  return error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n');
}

/** Without what the one who refused quoted. */
function messageOf(error: Error, code: unknown): string {
  if (typeof code !== 'string') return error.message;
  if (QUOTES_VALUES.test(code)) return `postgres refused a value (${code})`;
  const { responseCode } = error as Error & { responseCode?: unknown };
  const answered = typeof responseCode === 'number';
  if (!answered && !QUOTES_ADDRESSES.has(code)) return error.message;
  return `the mail server refused (${code}${answered ? ` ${responseCode}` : ''})`;
}

const DEEPEST_CAUSE = 5;

/**
 * An error as it may be logged: of all it carries (statements, rows, what was typed) only what it is, where it came
 * from and what caused it.
 */
export function errorForLog(error: unknown, depth = 0): LoggedError | undefined {
  if (!(error instanceof Error) || depth > DEEPEST_CAUSE) return undefined;
  const { code, constraint } = error as Error & { code?: unknown; constraint?: unknown };
  return {
    type: error.name,
    message: messageOf(error, code),
    stack: framesOf(error),
    code,
    constraint,
    cause: errorForLog(error.cause, depth + 1),
  };
}

/** Many lines are of the same millisecond, and writing it out costs a fifth of a line. */
export function createTimestamps(): () => string {
  let [ofMs, text] = [0, ''];
  return () => {
    const nowMs = Date.now();
    if (nowMs !== ofMs) [ofMs, text] = [nowMs, `,"time":"${new Date(nowMs).toISOString()}"`];
    return text;
  };
}

export interface LogOptions {
  readonly level: string;
  readonly pod: string;
}

export function createLog(options: LogOptions, destination?: DestinationStream): Log {
  const settings = {
    level: options.level,
    base: { pod: options.pod },
    timestamp: createTimestamps(),
    serializers: { err: (error: unknown) => errorForLog(error) },
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return pino(settings, destination ?? standardOutput());
}

/**
 * Resolves once all lines are out or nobody takes them any more. Called before the process exits: what is left then, pino
 * tries to write for ever where the reader is gone, and the process never ends.
 */
export function flushed(log: Log): Promise<void> {
  return new Promise((resolve) => log.flush(() => resolve()));
}

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

export interface LogOptions {
  readonly level: string;
  readonly pod: string;
}

export function createLog(options: LogOptions, destination?: DestinationStream): Log {
  const settings = {
    level: options.level,
    base: { pod: options.pod },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]), censor: '[redacted]' },
  };
  return destination === undefined ? pino(settings) : pino(settings, destination);
}

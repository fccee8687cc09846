// The set's passwords as this member knows them. The mounted Secret lags behind an edit by a minute or more, so the
// operator pushes what it read; the pushed value counts until the mounted file changes as well. Former values are kept
// beside it: until every server has taken the new one, one of them may be what a server still expects. So is the one that
// last opened the own server: files may change while nobody pushes, or while the member is away.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Settings } from '../settings.ts';
import { writeBeside } from '../write-beside.ts';

/** What a set's Secret holds. */
export const PASSWORD_KEYS = [
  'superuser-password',
  'replication-password',
  'app-password',
  'agent-token',
] as const;
export type PasswordKey = (typeof PASSWORD_KEYS)[number];

const password = z.string().min(1).max(1024);
export const passwordsShape = z.strictObject({
  'superuser-password': password,
  'replication-password': password,
  'app-password': password,
  'agent-token': password,
});
export type Passwords = z.infer<typeof passwordsShape>;

const pushedShape = z.object({
  value: z.string(),
  /** What the mounted file held then: while it still does, it is behind. */
  over: z.string(),
  earlier: z.array(z.object({ value: z.string(), untilMs: z.number() })),
});
const openedShape = z.object({ value: z.string() });

/** How long a token that was replaced still opens the door: longer than any mounted file lags. */
const GRACE_MS = 10 * 60_000;
const EARLIER = 3;

type Place = Pick<Settings, 'credentialsDir' | 'confDir'>;

/** The newest value of `key` that this member knows. Throws when the Secret is not mounted. */
export function readPassword(settings: Place, key: string): string {
  const mounted = readMounted(settings, key);
  const pushed = readPushed(settings, key);
  return pushed?.over === mounted ? pushed.value : mounted;
}

/** All values that may be what somebody else still uses, the newest first. */
export function candidates(settings: Place, key: string): readonly string[] {
  const pushed = readPushed(settings, key);
  const earlier = [pushed, ...(pushed?.earlier ?? []), readOpened(settings, key)];
  const known = earlier.flatMap((each) => (each === null ? [] : [each.value]));
  return [...new Set([readPassword(settings, key), readMounted(settings, key), ...known])];
}

/** Remembers, also over a restart, what the own server has just accepted. */
export function noteOpened(settings: Place, key: PasswordKey, value: string): void {
  if (readOpened(settings, key)?.value === value) return;
  writeNote(settings, 'opened', key, { value });
}

/** What opens the agent's own door: former tokens for some minutes only. */
export function acceptedTokens(settings: Place, nowMs = Date.now()): readonly string[] {
  const key = 'agent-token';
  const earlier = readPushed(settings, key)?.earlier ?? [];
  const valid = earlier.filter(({ untilMs }) => untilMs > nowMs).map(({ value }) => value);
  const newest = readPassword(settings, key);
  const isExpired = (token: string): boolean => earlier.some(({ value }) => value === token);
  const mounted = [readMounted(settings, key)].filter((token) => !isExpired(token));
  return [...new Set([newest, ...mounted, ...valid])];
}

/** Takes what the operator read from the Secret. */
export function keepPushed(settings: Place, passwords: Passwords, nowMs = Date.now()): void {
  for (const key of PASSWORD_KEYS) {
    const before = readPassword(settings, key);
    const value = passwords[key];
    const known = readPushed(settings, key)?.earlier ?? [];
    const earlier = before === value ? known : [{ value: before, untilMs: nowMs + GRACE_MS }, ...known];
    writeNote(settings, 'pushed', key, {
      value,
      over: readMounted(settings, key),
      earlier: earlier.slice(0, EARLIER),
    });
  }
}

/** Names one state of all passwords without telling any. */
export function fingerprintOf(passwords: Passwords): string {
  const text = JSON.stringify(PASSWORD_KEYS.map((key) => passwords[key]));
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

export function knownPasswords(settings: Place): Passwords {
  const entries = PASSWORD_KEYS.map((key) => [key, readPassword(settings, key)]);
  return Object.fromEntries(entries) as Passwords;
}

function readMounted({ credentialsDir }: Place, key: string): string {
  return readFileSync(join(credentialsDir, key), 'utf8').trim();
}

const readPushed = (settings: Place, key: string) => readNote(settings, 'pushed', key, pushedShape);
const readOpened = (settings: Place, key: string) => readNote(settings, 'opened', key, openedShape);

type Kind = 'pushed' | 'opened';

function pathOf({ confDir }: Place, kind: Kind, key: string): string {
  return join(confDir, kind, `${key}.json`);
}

/** Null also for what cannot be read: the mounted file is there, and the operator pushes again. */
function readNote<Note>(settings: Place, kind: Kind, key: string, shape: z.ZodType<Note>): Note | null {
  try {
    return shape.parse(JSON.parse(readFileSync(pathOf(settings, kind, key), 'utf8')));
  } catch {
    return null;
  }
}

function writeNote(settings: Place, kind: Kind, key: string, note: object): void {
  mkdirSync(join(settings.confDir, kind), { recursive: true, mode: 0o700 });
  writeBeside(pathOf(settings, kind, key), JSON.stringify(note), { flush: true });
}

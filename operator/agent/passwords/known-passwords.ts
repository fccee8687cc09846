// The set's passwords as this member knows them. The mounted Secret lags behind an edit by a minute or more, so the
// operator pushes what it read; the pushed value counts until the mounted file changes as well. Former values are kept
// beside it: until every server has taken the new one, one of them may be what a server still expects. Mounted ones are
// written down as well, for files also change while nobody pushes, or while the member is away.
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
type Pushed = z.infer<typeof pushedShape>;

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
  const known = pushed ? [pushed, ...pushed.earlier].map(({ value }) => value) : [];
  return [...new Set([readPassword(settings, key), readMounted(settings, key), ...known])];
}

/** What opens the agent's own door: former tokens for some minutes only. */
export function acceptedTokens(settings: Place, nowMs = Date.now()): readonly string[] {
  const pushed = readPushed(settings, 'agent-token');
  const expired = pushed?.earlier.filter(({ untilMs }) => untilMs <= nowMs).map(({ value }) => value) ?? [];
  const newest = readPassword(settings, 'agent-token');
  return candidates(settings, 'agent-token').filter((token) => token === newest || !expired.includes(token));
}

/** Writes down that a mounted file has changed, so that what it was before counts for as long as after a push. */
export function noteMounted(settings: Place, nowMs = Date.now()): void {
  for (const key of PASSWORD_KEYS) {
    const value = readMounted(settings, key);
    const pushed = readPushed(settings, key);
    if (pushed?.over === value) continue;
    const isOther = pushed !== null && pushed.value !== value;
    const former = isOther ? [{ value: pushed.value, untilMs: nowMs + GRACE_MS }] : [];
    const earlier = [...former, ...(pushed?.earlier ?? [])].slice(0, EARLIER);
    writePushed(settings, key, { value, over: value, earlier });
  }
}

/** Takes what the operator read from the Secret. */
export function keepPushed(settings: Place, passwords: Passwords, nowMs = Date.now()): void {
  noteMounted(settings, nowMs);
  for (const key of PASSWORD_KEYS) {
    const before = readPassword(settings, key);
    const value = passwords[key];
    const known = readPushed(settings, key)?.earlier ?? [];
    const earlier = before === value ? known : [{ value: before, untilMs: nowMs + GRACE_MS }, ...known];
    writePushed(settings, key, {
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

function pathOf({ confDir }: Place, key: string): string {
  return join(confDir, 'pushed', `${key}.json`);
}

/** Null also for what cannot be read: the mounted file is there, and the operator pushes again. */
function readPushed(settings: Place, key: string): Pushed | null {
  try {
    return pushedShape.parse(JSON.parse(readFileSync(pathOf(settings, key), 'utf8')));
  } catch {
    return null;
  }
}

function writePushed(settings: Place, key: string, pushed: Pushed): void {
  mkdirSync(join(settings.confDir, 'pushed'), { recursive: true, mode: 0o700 });
  writeBeside(pathOf(settings, key), JSON.stringify(pushed), { flush: true });
}

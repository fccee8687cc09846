// Hands new passwords of the set's Secret to its members, whose own mounted files lag behind, and chooses the token to
// speak to them with: the former one until everybody who is heard has taken the new one. A replica that only listens
// hands out nothing and hears of nobody's change: it takes the new one once no file lags, and before the former is refused.
import { fingerprintOf, PASSWORD_KEYS } from '../agent/passwords/known-passwords.ts';
import type { Passwords } from '../agent/passwords/known-passwords.ts';
import type { ControllerContext } from '../runtime/controller.ts';
import type { SecretReader } from '../runtime/secret-reader.ts';
import type { MemberProbe } from './member-probe.ts';
import type { MemberView, Observed } from './observed.ts';
import { createResendGuard } from './resend-guard.ts';

export interface PasswordPass {
  /** The token that members accept now; null until the Secret was read. */
  token(secret: string): string | null;
  /** Tells whoever is behind. Does nothing while another replica leads, or while a password is missing. */
  tell(secret: string, observed: Observed): void;
}

const TOKEN_KEY = 'agent-token';
const RESEND_MS = 1000;
/** Longer than any mounted file lags, shorter than agents accept a former token. */
const RIPE_MS = 5 * 60_000;
/** As many as agents remember. */
const REMEMBERED = 3;

/** Members that are heard and do not work with these passwords yet: the followers first, who dial with the new one. */
export function behind(
  { members, ballot }: Pick<Observed, 'members' | 'ballot'>,
  fingerprint: string,
): readonly string[] {
  const late = members.filter(({ contact, status }) => contact === 'up' && status?.passwords !== fingerprint);
  const isPrimary = ({ name }: MemberView): number => (name === ballot?.primary ? 1 : 0);
  return [...late].sort((a, b) => isPrimary(a) - isPrimary(b)).map(({ name }) => name);
}

export function createPasswordPass(
  context: ControllerContext,
  secrets: SecretReader,
  probe: (name: string) => MemberProbe,
): PasswordPass {
  const isDue = createResendGuard(context.clock, RESEND_MS);
  let inUse: string | null = null;
  let newer: readonly { readonly token: string; readonly sinceMs: number }[] = [];
  const note = (token: string | null): void => {
    if (token === null || token === '' || token === (newer.at(-1)?.token ?? inUse)) return;
    newer = [...newer, { token, sinceMs: context.clock.nowMs() }].slice(-REMEMBERED);
  };
  const deliver = async (to: string, passwords: Passwords): Promise<void> => {
    try {
      await probe(to).order('/v1/passwords', passwords);
    } catch (error) {
      context.log.debug({ to, error: String(error) }, 'passwords not delivered');
    }
  };
  return {
    token: (secret) => {
      const newest = secrets.get(secret, TOKEN_KEY);
      if (inUse === null || inUse === '') inUse = newest;
      note(newest);
      const ripe = newer.findLast(({ sinceMs }) => context.clock.nowMs() - sinceMs >= RIPE_MS);
      if (ripe && !context.isLeader()) inUse = ripe.token;
      return inUse;
    },
    tell: (secret, observed) => {
      const passwords = readAll(secrets, secret);
      if (!passwords) return;
      const fingerprint = fingerprintOf(passwords);
      const members = [...observed.members, ...observed.readers];
      const late = behind({ members, ballot: observed.ballot }, fingerprint);
      if (late.length === 0) inUse = passwords[TOKEN_KEY];
      if (!context.isLeader()) return;
      for (const name of late) if (isDue(`${name}/${fingerprint}`)) void deliver(name, passwords);
    },
  };
}

function readAll(secrets: SecretReader, secret: string): Passwords | null {
  const entries = PASSWORD_KEYS.map((key) => [key, secrets.get(secret, key)] as const);
  if (entries.some(([, text]) => text === null || text === '')) return null;
  return Object.fromEntries(entries) as Passwords;
}

// Password hashes: scrypt with its parameters in the hash, so that they can be raised and old hashes still verify
// (and are replaced at the next login). At most two run at once: each needs 16 MiB, and a burst of logins must not
// take the memory of the pod. A burst that is too long is answered with 503.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Deadline } from '../platform/deadline.ts';
import { createTurns } from './turns.ts';

interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 16 MiB and five passes: one of the settings OWASP lists as equal in strength. */
const COST: Cost = { logN: 14, r: 8, p: 5 };
const KEY_BYTES = 32;

/** The last of as many as may wait has its turn within the time of a request, at a tenth of a second for each. */
const inTurn = createTurns({ atOnce: 2, mostWaiting: 64 });

interface Work {
  readonly password: string;
  readonly salt: Buffer;
  readonly cost: Cost;
}

/** In its turn only. */
function derive({ password, salt, cost }: Work): Promise<Buffer> {
  const N = 2 ** cost.logN;
  const options = { N, r: cost.r, p: cost.p, maxmem: 256 * cost.r * (N + cost.p) };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

/** Throws 503 when too many wait, or the deadline was over when its turn came; so does `verifyPassword`. */
export async function hashPassword(password: string, deadline: Deadline): Promise<string> {
  const salt = randomBytes(16);
  const key = await inTurn(() => derive({ password, salt, cost: COST }), deadline);
  return ['scrypt', COST.logN, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join(
    '$',
  );
}

interface Parsed {
  readonly cost: Cost;
  readonly salt: Buffer;
  readonly key: Buffer;
}

function parse(hash: string): Parsed | undefined {
  const [kind, logN, r, p, salt, key] = hash.split('$');
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return undefined;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

const passWork = ({ logN, r }: Cost): number => 2 ** logN * r;

/** What today's hash costs beyond one of that cost, in passes of that one: undefined when that is nothing. */
function beyond(cost: Cost): Cost | undefined {
  const passes = Math.round((passWork(COST) * COST.p) / passWork(cost)) - cost.p;
  return passes > 0 ? { ...cost, p: passes } : undefined;
}

async function isRight(password: string, { cost, salt, key }: Parsed): Promise<boolean> {
  const derived = await derive({ password, salt, cost });
  if (derived.length === key.length && timingSafeEqual(derived, key)) return true;
  const rest = beyond(cost);
  if (rest !== undefined) await derive({ password, salt, cost: rest });
  return false;
}

/** No account, or none that has a password as we keep it: the same work, for nothing. */
const NOBODY: Parsed = { cost: COST, salt: Buffer.alloc(16), key: Buffer.alloc(0) };

/**
 * Takes the same time for a hash that is missing (no such account) as for a wrong password, and as long for a wrong
 * password whose hash is an old, cheaper one: whoever measures would learn who has not logged in for long.
 */
export function verifyPassword(
  password: string,
  hash: string | undefined,
  deadline: Deadline,
): Promise<boolean> {
  const parsed = (hash === undefined ? undefined : parse(hash)) ?? NOBODY;
  return inTurn(() => isRight(password, parsed), deadline);
}

/** Whether a hash was made with weaker parameters than today's. */
export function needsRehash(hash: string): boolean {
  const cost = parse(hash)?.cost;
  return cost?.logN !== COST.logN || cost.r !== COST.r || cost.p !== COST.p;
}

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

function derive({ password, salt, cost }: Work, deadline: Deadline): Promise<Buffer> {
  const N = 2 ** cost.logN;
  const options = { N, r: cost.r, p: cost.p, maxmem: 256 * N * cost.r };
  return inTurn(
    () =>
      new Promise((resolve, reject) => {
        scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => {
          if (error) reject(error);
          else resolve(key);
        });
      }),
    deadline,
  );
}

/** Throws 503 when too many wait, or the deadline was over when its turn came; so does `verifyPassword`. */
export async function hashPassword(password: string, deadline: Deadline): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive({ password, salt, cost: COST }, deadline);
  return ['scrypt', COST.logN, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join(
    '$',
  );
}

function parse(hash: string): { cost: Cost; salt: Buffer; key: Buffer } | undefined {
  const [kind, logN, r, p, salt, key] = hash.split('$');
  if (kind !== 'scrypt' || salt === undefined || key === undefined) return undefined;
  const cost = { logN: Number(logN), r: Number(r), p: Number(p) };
  return { cost, salt: Buffer.from(salt, 'base64url'), key: Buffer.from(key, 'base64url') };
}

/** Takes the same time for a hash that is missing (no such account) as for a wrong password. */
export async function verifyPassword(
  password: string,
  hash: string | undefined,
  deadline: Deadline,
): Promise<boolean> {
  const parsed = hash === undefined ? undefined : parse(hash);
  if (parsed === undefined) {
    await derive({ password, salt: Buffer.alloc(16), cost: COST }, deadline);
    return false;
  }
  const key = await derive({ password, salt: parsed.salt, cost: parsed.cost }, deadline);
  return key.length === parsed.key.length && timingSafeEqual(key, parsed.key);
}

/** Whether a hash was made with weaker parameters than today's. */
export function needsRehash(hash: string): boolean {
  const cost = parse(hash)?.cost;
  return cost?.logN !== COST.logN || cost.r !== COST.r || cost.p !== COST.p;
}

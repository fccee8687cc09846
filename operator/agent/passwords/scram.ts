// SCRAM-SHA-256 verifiers as Postgres stores them (RFC 5803): made here, so that a new password never travels or is
// logged in clear text, and compared, so that a password that is already set is not set again.
import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

const ITERATIONS = 4096;
const SALT_BYTES = 16;
const VERIFIER = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/;

/** Generated passwords are ASCII, on which SASLprep changes nothing; others are taken as they are, as Postgres does. */
export function scramVerifier(
  password: string,
  salt = randomBytes(SALT_BYTES),
  iterations = ITERATIONS,
): string {
  const salted = pbkdf2Sync(password.normalize('NFKC'), salt, iterations, 32, 'sha256');
  const hmac = (text: string): Buffer => createHmac('sha256', salted).update(text).digest();
  const storedKey = createHash('sha256').update(hmac('Client Key')).digest('base64');
  const serverKey = hmac('Server Key').toString('base64');
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`;
}

/** Whether `verifier` is of `password`; false for anything that is no verifier. */
export function isVerifierOf(verifier: string | null, password: string): boolean {
  const match = VERIFIER.exec(verifier ?? '');
  if (!match) return false;
  const [text, iterations, salt = ''] = match;
  const wanted = scramVerifier(password, Buffer.from(salt, 'base64'), Number(iterations));
  return text.length === wanted.length && timingSafeEqual(Buffer.from(text), Buffer.from(wanted));
}

// The keys that sign cookies: the first signs, all verify. A cookie whose signature is not ours is no cookie to Koa;
// here it is counted as well, by its name and never by its content. The signatures are those of keygrip, Koa's own
// choice; its comparing, which signs both sides once more under a random key, was 8 % of adding to a cart in a CPU profile.
// Signatures found right are remembered for a while: a browser brings the same cookies with every request.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What Koa asks of `app.keys`. */
export interface CookieKeys {
  readonly sign: (data: string) => string;
  /**
   * 0 when one of the keys signed it, whichever, or -1. For the place of an older key Koa would sign the cookie anew without
   * its lifetime: the signature ended with the browser, and the session with it. What is written again gets the newest.
   */
  readonly index: (data: string, digest: string) => number;
  readonly verify: (data: string, digest: string) => boolean;
  /** A cookie came that should have been signed and had no signature at all. */
  readonly unsigned: (cookie: string) => void;
}

function signature(key: KeyObject, data: string): string {
  return createHmac('sha1', key).update(data).digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const MOST_REMEMBERED = 4_000;
/** Longer ones (a session that is kept in its cookie) are as different as requests are, and would fill the memory. */
const LONGEST_REMEMBERED = 200;

/** `tampered` is told the name of each cookie that was changed, signed with a key we no longer have, or not at all. */
export function createCookieKeys(keys: readonly string[], tampered: (cookie: string) => void): CookieKeys {
  const secrets = keys.map((key) => createSecretKey(key, 'utf8'));
  const [newest] = secrets;
  if (newest === undefined) throw new Error('cookies: there is no key to sign with');
  const remembered = new LRUCache<string, string>({ max: MOST_REMEMBERED });
  const remember = (data: string, digest: string): void => {
    if (data.length <= LONGEST_REMEMBERED) remembered.set(data, digest);
  };
  // What is signed is "name=value".
  const index: CookieKeys['index'] = (data, digest) => {
    const known = remembered.get(data);
    if (known !== undefined && isSame(digest, known)) return 0;
    const isOurs = secrets.some((key) => isSame(digest, signature(key, data)));
    if (isOurs) remember(data, digest);
    else tampered(data.split('=', 1)[0] ?? '');
    return isOurs ? 0 : -1;
  };
  return {
    sign: (data) => signature(newest, data),
    index,
    verify: (data, digest) => index(data, digest) >= 0,
    unsigned: tampered,
  };
}

// Which certificate a set needs now, as a function of what its two Secrets hold and of the time. Renewed well before
// the end; a new authority is trusted for a day before it signs anything, and the former one until nothing it
// signed is in use any more, so that a change of either breaks no connection.
import { createAuthority, factsOf, isSignedBy, issue } from './x509.ts';
import type { KeyPair } from './x509.ts';

/** The Secret only the operator reads: who signs, who will sign next, who signed before. */
export interface Authorities {
  readonly current: KeyPair | null;
  readonly next: KeyPair | null;
  /** The former one, whose key is gone. */
  readonly former: string | null;
}

/** The Secret that pods mount. */
export interface Leaf extends KeyPair {
  /** Whom to trust, as one PEM text. */
  readonly bundle: string;
}

export interface Wish {
  /** The authority's name, for people who read a certificate. */
  readonly name: string;
  /** DNS names and addresses of the leaf. */
  readonly names: readonly string[];
  /** Somebody asked for a new leaf, or a new authority, before its time. */
  readonly renewLeaf: boolean;
  readonly renewAuthority: boolean;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const LEAF_DAYS = 90;
export const LEAF_RENEW_DAYS = 30;
export const AUTHORITY_DAYS = 5 * 365;
export const AUTHORITY_RENEW_DAYS = 365;
/** How long everybody trusts an authority before it signs, and after it last did: files in pods follow in minutes. */
export const OVERLAP_MS = DAY_MS;
/** Clocks of other machines may be behind. */
const BACKDATE_MS = HOUR_MS;

const none: Authorities = { current: null, next: null, former: null };

/** The authorities as they should be now: `now` itself when nothing is due. */
export async function nextAuthorities(
  now: Authorities,
  leaf: Leaf | null,
  wish: Wish,
  nowMs: number,
): Promise<Authorities> {
  const { current, next, former } = now;
  if (!current || !canSign(current, nowMs)) return { ...none, current: await newAuthority(wish.name, nowMs) };
  if (next) {
    const isTrusted = ageMs(next.cert, nowMs) >= OVERLAP_MS;
    return isTrusted ? { current: next, next: null, former: current.cert } : now;
  }
  if (wish.renewAuthority || leftMs(current.cert, nowMs) < AUTHORITY_RENEW_DAYS * DAY_MS) {
    return { ...now, next: await newAuthority(wish.name, nowMs) };
  }
  return former !== null && isInUse(leaf, current, nowMs) ? { ...now, former: null } : now;
}

function canSign(authority: KeyPair, nowMs: number): boolean {
  return isSignedBy(authority, authority.cert) && leftMs(authority.cert, nowMs) > 0;
}

/** The leaf of this authority has been out for long enough that nobody presents an older one. */
function isInUse(leaf: Leaf | null, authority: KeyPair, nowMs: number): boolean {
  return leaf !== null && isSignedBy(leaf, authority.cert) && ageMs(leaf.cert, nowMs) >= OVERLAP_MS;
}

/** The leaf as it should be now: `now` itself when it still serves. */
export async function nextLeaf(
  now: Leaf | null,
  { current, next, former }: Authorities,
  wish: Wish,
  nowMs: number,
): Promise<Leaf> {
  if (!current) throw new Error(`${wish.name}: no authority to sign with`);
  const bundle = [current.cert, next?.cert, former].filter((pem) => typeof pem === 'string').join('');
  if (now && !mustIssue(now, current, wish, nowMs)) return now.bundle === bundle ? now : { ...now, bundle };
  const validity = { fromMs: nowMs - BACKDATE_MS, untilMs: nowMs + LEAF_DAYS * DAY_MS };
  return { ...(await issue(current, wish.names, validity)), bundle };
}

function mustIssue(leaf: Leaf, authority: KeyPair, wish: Wish, nowMs: number): boolean {
  const facts = factsOf(leaf.cert);
  if (wish.renewLeaf || !facts || !isSignedBy(leaf, authority.cert)) return true;
  if (leftMs(leaf.cert, nowMs) < LEAF_RENEW_DAYS * DAY_MS) return true;
  return JSON.stringify(facts.names) !== JSON.stringify([...new Set(wish.names)].sort());
}

function newAuthority(name: string, nowMs: number): Promise<KeyPair> {
  return createAuthority(name, { fromMs: nowMs - BACKDATE_MS, untilMs: nowMs + AUTHORITY_DAYS * DAY_MS });
}

function leftMs(cert: string, nowMs: number): number {
  return (factsOf(cert)?.untilMs ?? nowMs) - nowMs;
}

function ageMs(cert: string, nowMs: number): number {
  return nowMs - ((factsOf(cert)?.fromMs ?? nowMs) + BACKDATE_MS);
}

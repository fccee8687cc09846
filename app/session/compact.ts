// A session together with its cart as few bytes, for the cookie that holds both: no field names, one short string per
// line. The cart has a share of its own, so that nothing else in the session can push it over the browser's limit.
import type { CartLine, KeptCart } from '../cart/cart.ts';
import type { StoredSession } from './record.ts';
import { SEAL_BYTES } from './sealed.ts';

export type CookieSession = StoredSession & { readonly kept?: KeptCart };

const LAYOUT = 1;
/** Shown in the greeting only; an account's name is kept whole in the database. */
const LONGEST_NAME = 60;
/** Fewer than elsewhere: what they prevent is a double click or a reload, not yesterday's. */
const OPERATIONS_KEPT = 16;
/** The cookie's name and attributes count as well. */
const ATTRIBUTE_BYTES = 160;
/** The longest that everything but the lines can get: ids, times, a name of 4-byte letters, the operations. */
const OTHER_BYTES = 700;

/** Bytes that the lines of a cart may take in a cookie of at most `cookieBytes`. */
export function roomForLines(cookieBytes: number): number {
  return Math.floor(((cookieBytes - ATTRIBUTE_BYTES) * 3) / 4) - SEAL_BYTES - OTHER_BYTES;
}

export function packLines(lines: readonly CartLine[]): string {
  return lines.map((line) => `${line.sku} ${line.quantity} ${line.seenPriceCents}`).join('\n');
}

function unpackLines(text: string): CartLine[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [sku = '', quantity, seenPriceCents] = line.split(' ');
    return { sku, quantity: Number(quantity), seenPriceCents: Number(seenPriceCents) };
  });
}

export function pack(session: CookieSession): string {
  const { userId = '', name = '', role = '', cart = '', mergeFrom = '', startedAt = 0, kept } = session;
  const { _expire: endsAt = 0, _maxAge: lifeMs = 0 } = session;
  const who = [userId, name.slice(0, LONGEST_NAME), role, cart, mergeFrom];
  const what =
    kept === undefined
      ? []
      : [kept.id, kept.version, kept.operations.slice(-OPERATIONS_KEPT).join(' '), packLines(kept.lines)];
  return JSON.stringify([LAYOUT, endsAt, lifeMs, startedAt, ...who, ...what]);
}

function unpackCart([id, version, operations, lines]: unknown[]): { kept?: KeptCart } {
  if (typeof id !== 'string') return {};
  const kept = {
    id,
    version: Number(version),
    operations: String(operations).split(' ').filter(Boolean),
    lines: unpackLines(String(lines)),
  };
  return { kept };
}

/** The opposite; undefined for text that an older or newer version of the shop has packed another way. */
export function unpack(text: string): CookieSession | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value) || value[0] !== LAYOUT) return undefined;
  const [, endsAt, lifeMs, startedAt, userId, name, role, cart, mergeFrom, ...what] = value as unknown[];
  const fields = { userId, name, role, cart, mergeFrom };
  const known = Object.entries(fields).filter(([, field]) => field !== '');
  return {
    ...(Object.fromEntries(known) as StoredSession),
    ...(startedAt !== 0 && { startedAt: Number(startedAt) }),
    ...unpackCart(what),
    _expire: endsAt,
    _maxAge: lifeMs,
  };
}

// Positions in the write-ahead log, kept in Postgres' own text form ("0/16B3748") and compared as numbers.
export type Lsn = string;

/** Throws when the text is not an LSN. */
export function lsnToNumber(lsn: Lsn): bigint {
  const [high, low, ...rest] = lsn.split('/');
  if (rest.length > 0 || !isHex(high) || !isHex(low)) throw new Error(`not an LSN: "${lsn}"`);
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

function isHex(text: string | undefined): text is string {
  return text !== undefined && /^[0-9A-Fa-f]{1,8}$/.test(text);
}

/** Negative, zero or positive, as for sort(). */
export function compareLsn(a: Lsn, b: Lsn): number {
  const difference = lsnToNumber(a) - lsnToNumber(b);
  if (difference === 0n) return 0;
  return difference < 0n ? -1 : 1;
}

/** Bytes from `from` to `to`; negative when `to` is earlier. */
export function lsnDistance(from: Lsn, to: Lsn): number {
  return Number(lsnToNumber(to) - lsnToNumber(from));
}

export function laterLsn(a: Lsn | null, b: Lsn | null): Lsn | null {
  if (a === null) return b;
  if (b === null) return a;
  return compareLsn(a, b) >= 0 ? a : b;
}

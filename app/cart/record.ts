// A cart as it is kept: a value that two stores may change apart from each other and that can be joined again. The
// join is commutative, associative and idempotent and forgets nothing: whichever copy is newer, in whichever order
// copies meet and however often, every acknowledged change is in the result, once.
//
// Per line, the newest change that *says* how many ("set", "remove") wins, and every change *by* some pieces ("add",
// "bought") made after it counts once, told apart by its operation id.
import { MAX_QUANTITY } from './cart.ts';
import type { Cart } from './cart.ts';

/** When and by which operation: `at` is one more than the clock of the copy that it changed. */
export interface Stamp {
  readonly at: number;
  readonly op: string;
}

export interface Step {
  readonly at: number;
  /** Negative for what was bought. */
  readonly quantity: number;
}

export interface LineRecord {
  readonly set: Stamp & { readonly quantity: number };
  /** By operation id, all newer than `set`. */
  readonly steps: Readonly<Record<string, Step>>;
  /** Euro cents as last seen. */
  readonly price: { readonly at: number; readonly cents: number };
}

export interface CartRecord {
  readonly id: { readonly at: number; readonly id: string };
  /** How many changes it has had. */
  readonly version: number;
  /** Of its newest change; a copy with a lower clock than a browser has seen lacks something. */
  readonly clock: number;
  /** The last operations and their clocks. */
  readonly ops: Readonly<Record<string, number>>;
  /** By SKU; a line of no pieces stays for a while, so that an older copy cannot bring it back. */
  readonly lines: Readonly<Record<string, LineRecord>>;
}

/** Copies that went apart by no more changes than this are joined exactly. */
export const KNOWN_OPS = 64;

export const EMPTY_RECORD: CartRecord = { id: { at: 0, id: '' }, version: 0, clock: 0, ops: {}, lines: {} };
export const NO_LINE: LineRecord = {
  set: { at: 0, op: '', quantity: 0 },
  steps: {},
  price: { at: 0, cents: 0 },
};

export function isNewer(a: Stamp, b: Stamp): boolean {
  return a.at > b.at || (a.at === b.at && a.op > b.op);
}

export function sumOf(line: LineRecord): number {
  return Object.values(line.steps).reduce((sum, step) => sum + step.quantity, line.set.quantity);
}

export function quantityOf(line: LineRecord): number {
  return Math.min(MAX_QUANTITY, Math.max(0, sumOf(line)));
}

/** The cart a shopper sees; lines in the order of their SKU, so that two reads look alike. */
export function cartOf(record: CartRecord): Cart {
  const lines = Object.entries(record.lines)
    .map(([sku, line]) => ({ sku, quantity: quantityOf(line), seenPriceCents: line.price.cents }))
    .filter(({ quantity }) => quantity > 0)
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return { id: record.id.id, version: record.version, lines };
}

export function newestOp(record: CartRecord): string {
  let newest = { at: 0, op: '' };
  for (const [op, at] of Object.entries(record.ops)) {
    if (at >= newest.at && isNewer({ at, op }, newest)) newest = { at, op };
  }
  return newest.op;
}

/** The last KNOWN_OPS of them. */
export function lastOps(ops: Readonly<Record<string, number>>): Record<string, number> {
  const stamps = Object.entries(ops).map(([op, at]) => ({ op, at }));
  const newestFirst = stamps.sort((a, b) => (isNewer(a, b) ? -1 : 1));
  return Object.fromEntries(newestFirst.slice(0, KNOWN_OPS).map(({ op, at }) => [op, at]));
}

function joinMaps<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (mine: T, theirs: T) => T,
): Record<string, T> {
  const joined: Record<string, T> = { ...a };
  for (const [key, theirs] of Object.entries(b)) {
    const mine = joined[key];
    joined[key] = mine === undefined ? theirs : join(mine, theirs);
  }
  return joined;
}

function joinLines(a: LineRecord, b: LineRecord): LineRecord {
  const set = isNewer(a.set, b.set) ? a.set : b.set;
  const steps = joinMaps(a.steps, b.steps, (mine, theirs) => (mine.at >= theirs.at ? mine : theirs));
  const standing = Object.entries(steps).filter(([op, { at }]) => isNewer({ at, op }, set));
  const [older, newer] = a.price.at <= b.price.at ? [a.price, b.price] : [b.price, a.price];
  const cents = older.at === newer.at ? Math.max(older.cents, newer.cents) : newer.cents;
  return { set, steps: Object.fromEntries(standing), price: { at: newer.at, cents } };
}

/** Operations of `theirs` that `mine` never had; those that `mine` may only have forgotten do not count. */
function countMissing(mine: CartRecord, theirs: CartRecord): number {
  const kept = Object.values(mine.ops);
  const forgottenBelow = kept.length < KNOWN_OPS ? 0 : Math.min(...kept);
  const missing = Object.entries(theirs.ops).filter(([op, at]) => !(op in mine.ops) && at > forgottenBelow);
  return missing.length;
}

/** What both copies know, together. */
export function joinRecords(a: CartRecord, b: CartRecord): CartRecord {
  const first = a.id.at > b.id.at || (a.id.at === b.id.at && a.id.id > b.id.id);
  return {
    id: first ? a.id : b.id,
    version: Math.max(a.version + countMissing(a, b), b.version + countMissing(b, a)),
    clock: Math.max(a.clock, b.clock),
    ops: lastOps(joinMaps(a.ops, b.ops, Math.max)),
    lines: joinMaps(a.lines, b.lines, joinLines),
  };
}

/** Whether `a` knows everything that `b` knows. */
export function contains(a: CartRecord, b: CartRecord): boolean {
  return a.clock >= b.clock && countMissing(a, b) === 0;
}

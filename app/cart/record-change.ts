// The changes of a cart's record, said in TypeScript for the store that has no scripts (Postgres). The scripts in
// redis-scripts.ts say the same in Lua; test/integration/app/cart-laws.test.ts holds the two against each other.
import { MAX_QUANTITY, mostLinesFor } from './cart.ts';
import type { Cart, CartChange, ChangeOutcome } from './cart.ts';
import { isNewer, KNOWN_OPS, lastOps, NO_LINE, quantityOf, sumOf } from './record.ts';
import type { CartRecord, LineRecord, Stamp, Step } from './record.ts';

/** A line keeps at most so many steps apart; then they become its new start. */
export const MOST_STEPS = 8;

export interface ChangedRecord {
  readonly outcome: ChangeOutcome;
  readonly record: CartRecord;
}

/**
 * At the bounds (nothing, or as many as may be) what came before is summed up: pieces that were refused must not
 * come back when others leave.
 */
function settle(line: LineRecord): LineRecord {
  const sum = sumOf(line);
  const inside = sum > 0 && sum < MAX_QUANTITY && Object.keys(line.steps).length < MOST_STEPS;
  if (inside) return line;
  let newest: Stamp = line.set;
  for (const [op, { at }] of Object.entries(line.steps)) if (isNewer({ at, op }, newest)) newest = { at, op };
  return { ...line, set: { at: newest.at, op: newest.op, quantity: quantityOf(line) }, steps: {} };
}

function step(line: LineRecord, op: string, by: Step): LineRecord {
  const settled = settle(line);
  return settle({ ...settled, steps: { ...settled.steps, [op]: by } });
}

function changeLine(line: LineRecord, change: CartChange, { at, op }: Stamp): LineRecord {
  if (change.verb === 'remove') return { ...line, set: { at, op, quantity: 0 }, steps: {} };
  const price = { at, cents: change.priceCents };
  const quantity = Math.min(MAX_QUANTITY, change.quantity);
  if (change.verb === 'set') return { set: { at, op, quantity }, steps: {}, price };
  return { ...step(line, op, { at, quantity }), price };
}

/** A line without pieces is forgotten once no copy can be so old that it has some. */
function isStale(line: LineRecord, clock: number): boolean {
  return quantityOf(line) === 0 && line.set.at <= clock - KNOWN_OPS;
}

function advance(record: CartRecord, { at, op }: Stamp, lines: CartRecord['lines']): CartRecord {
  const kept = Object.entries(lines).filter(([, line]) => !isStale(line, at));
  return {
    ...record,
    version: record.version + 1,
    clock: at,
    ops: lastOps({ ...record.ops, [op]: at }),
    lines: Object.fromEntries(kept),
  };
}

function isFull(record: CartRecord, change: CartChange): boolean {
  const shown = Object.entries(record.lines).filter(([, line]) => quantityOf(line) > 0);
  if (change.verb === 'remove' || shown.some(([sku]) => sku === change.sku)) return false;
  return shown.length >= mostLinesFor(change);
}

/** `stamp.at` must be above the record's clock. `newId` names the cart when this is its first change. */
export function changeRecord(
  record: CartRecord,
  change: CartChange,
  stamp: Stamp,
  newId: string,
): ChangedRecord {
  if (stamp.op in record.ops) return { outcome: 'repeated', record };
  if (isFull(record, change)) return { outcome: 'full', record };
  const line = changeLine(record.lines[change.sku] ?? NO_LINE, change, stamp);
  const id = record.id.id === '' ? { at: stamp.at, id: newId } : record.id;
  return {
    outcome: 'changed',
    record: { ...advance(record, stamp, { ...record.lines, [change.sku]: line }), id },
  };
}

export function boughtOp(bought: Cart): string {
  return `bought-${bought.id}`;
}

/** Takes what was bought out of it; what was added since stays, under a new id. */
export function buyRecord(record: CartRecord, bought: Cart, at: number, newId: string): CartRecord {
  const op = boughtOp(bought);
  if (record.id.id !== bought.id || op in record.ops) return record;
  const lines = { ...record.lines };
  for (const { sku, quantity } of bought.lines) {
    const line = lines[sku];
    if (line !== undefined && quantityOf(line) > 0) lines[sku] = step(line, op, { at, quantity: -quantity });
  }
  return { ...advance(record, { at, op }, lines), id: { at, id: newId } };
}

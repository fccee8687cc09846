// A cart's record as the fields of its hash in Redis: id, a (clock of the id), v (version), t (clock), n (pieces, for
// the header of every page), ops ("clock:operation …") and one field `l:<sku>` per line:
// "pieces:cents:clock-of-price clock:operation:quantity-set [clock:operation:quantity …]".
import { quantityOf } from './record.ts';
import type { CartRecord, LineRecord } from './record.ts';

const LINE = 'l:';

function lineFrom(text: string): LineRecord {
  const [shown = [], set = [], ...steps] = text.split(' ').map((token) => token.split(':'));
  const number = (part: string | undefined): number => Number(part ?? 0);
  return {
    set: { at: number(set[0]), op: set[1] ?? '', quantity: number(set[2] ?? shown[0]) },
    steps: Object.fromEntries(
      steps.map(([at, op = '', quantity]) => [op, { at: number(at), quantity: number(quantity) }]),
    ),
    price: { cents: number(shown[1]), at: number(shown[2]) },
  };
}

function lineText(line: LineRecord): string {
  const { set, steps, price } = line;
  const tokens = Object.entries(steps).map(([op, { at, quantity }]) => `${at}:${op}:${quantity}`);
  const shown = `${quantityOf(line)}:${price.cents}:${price.at}`;
  return [shown, `${set.at}:${set.op}:${set.quantity}`, ...tokens].join(' ');
}

/** As a script answers HGETALL: field, value, field, value … */
export function flatFields(flat: readonly unknown[]): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[String(flat[at])] = String(flat[at + 1]);
  return fields;
}

function opsFrom(text: string): Record<string, number> {
  const ops: Record<string, number> = {};
  for (const token of text.split(' ')) {
    const colon = token.indexOf(':');
    if (colon > 0) ops[token.slice(colon + 1)] = Number(token.slice(0, colon));
  }
  return ops;
}

/** The operations of records that came from a hash, as they are written there, the oldest first. */
const written = new WeakMap<CartRecord, string>();

/**
 * Whether `later` is `earlier` with nothing but further changes, told from the hashes without reading all of them.
 * False also where that cannot be told.
 */
export function continues(later: CartRecord, earlier: CartRecord): boolean {
  const [after = '', before = ''] = [written.get(later), written.get(earlier)];
  if (before.trim() === '' || later.clock < earlier.clock) return false;
  // " 3:c 4:d 5:e " continues " 2:b 3:c 4:d ": from its first operation on, the earlier one is its beginning.
  const first = after.slice(0, after.indexOf(' ', 1) + 1);
  const at = before.indexOf(first);
  return first !== '' && at >= 0 && after.startsWith(before.slice(at));
}

/** Fields of the hash → record; a hash that is not there has none, and is the empty record. */
export function recordFrom(fields: Readonly<Record<string, string>>): CartRecord {
  const lines = Object.entries(fields).filter(([field]) => field.startsWith(LINE));
  const text = fields.ops ?? '';
  const version = Number(fields.v ?? 0);
  let ops: Record<string, number> | undefined;
  const record: CartRecord = {
    id: { at: Number(fields.a ?? 0), id: fields.id ?? '' },
    version,
    clock: Number(fields.t ?? version),
    // Most records are shown and never joined with another one.
    get ops() {
      return (ops ??= opsFrom(text));
    },
    lines: Object.fromEntries(lines.map(([field, text]) => [field.slice(LINE.length), lineFrom(text)])),
  };
  written.set(record, text);
  return record;
}

/** Record → field, value, field, value … as HSET takes them. */
export function hashOf(record: CartRecord): string[] {
  const pieces = Object.values(record.lines).reduce((sum, line) => sum + quantityOf(line), 0);
  const ops = Object.entries(record.ops)
    .sort(([, a], [, b]) => a - b)
    .map(([op, at]) => `${at}:${op}`);
  const fields: Record<string, string | number> = {
    id: record.id.id,
    a: record.id.at,
    v: record.version,
    t: record.clock,
    n: pieces,
    ops: ` ${ops.join(' ')} `,
  };
  const lines = Object.entries(record.lines).flatMap(([sku, line]) => [LINE + sku, lineText(line)]);
  return [...Object.entries(fields).flat().map(String), ...lines];
}

// A cart's record as the fields of its hash in Redis: id, a (clock of the id), v (version), t (clock), n (pieces, for
// the header of every page), ops ("clock:operation …"), k (how many these are, which the scripts count up; it may be
// missing, and then they count) and one field `l:<sku>` per line:
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

function linesFrom(fields: Readonly<Record<string, string>>): Record<string, LineRecord> {
  const lines = Object.entries(fields).filter(([field]) => field.startsWith(LINE));
  return Object.fromEntries(lines.map(([field, text]) => [field.slice(LINE.length), lineFrom(text)]));
}

/**
 * Fields of the hash → record; a hash that is not there has none, and is the empty record. What it consists of is read
 * when it is asked for: most records are shown and never joined, or acknowledged and never shown.
 */
export function recordFrom(fields: Readonly<Record<string, string>>): CartRecord {
  const version = Number(fields.v ?? 0);
  let ops: Record<string, number> | undefined;
  let lines: Record<string, LineRecord> | undefined;
  return {
    id: { at: Number(fields.a ?? 0), id: fields.id ?? '' },
    version,
    clock: Number(fields.t ?? version),
    get ops() {
      return (ops ??= opsFrom(fields.ops ?? ''));
    },
    get lines() {
      return (lines ??= linesFrom(fields));
    },
  };
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

// A cart's record as one text: the fields of its hash in Redis and their values, a line each (nothing in a cart has a
// line break). The scripts answer it and Postgres keeps it as it is: a change of a cart is neither read nor written
// out again on its way to the second copy.
import { flatFields, hashOf, recordFrom } from './record-hash.ts';
import { joinRecords } from './record.ts';
import type { CartRecord, Stamp } from './record.ts';

export function textOf(record: CartRecord): string {
  return hashOf(record).join('\n');
}

export function recordOf(text: string): CartRecord {
  return recordFrom(flatFields(text.split('\n')));
}

export function joinTexts(one: string, other: string): string {
  return textOf(joinRecords(recordOf(one), recordOf(other)));
}

/** Of one field, without taking the rest apart: no value is a field's name. '' when it is not there. */
function valueOf(text: string, field: string): string {
  const name = `\n${field}\n`;
  const at = text.indexOf(name);
  if (at < 0) return text.startsWith(name.slice(1)) ? firstLine(text, name.length - 1) : '';
  return firstLine(text, at + name.length);
}

function firstLine(text: string, from: number): string {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.slice(from) : text.slice(from, end);
}

/** Of its newest change. */
export function clockIn(text: string): number {
  return Number(valueOf(text, 't') || valueOf(text, 'v'));
}

/** " clock:operation clock:operation …", the oldest first. */
function opsIn(text: string): string {
  return valueOf(text, 'ops');
}

/** The newest change that is in it. */
export function newestIn(text: string): Stamp {
  const ops = opsIn(text).trimEnd();
  return { at: clockIn(text), op: ops.slice(ops.lastIndexOf(':') + 1) };
}

/**
 * Whether `later` is `earlier` with nothing but further changes. False also where that cannot be told. Asked with every
 * change of a cart that waits, of texts of kilobytes: V8 compares two at once, but goes through one that is to start
 * with another character by character.
 */
export function continues(later: string, earlier: string): boolean {
  const [after, before] = [opsIn(later), opsIn(earlier)];
  if (before.trim() === '' || clockIn(later) < clockIn(earlier)) return false;
  // " 3:c 4:d 5:e " continues " 2:b 3:c 4:d ": from its first operation on, the earlier one is its beginning.
  const first = after.slice(0, after.indexOf(' ', 1) + 1);
  const at = before.indexOf(first);
  if (first === '' || at < 0) return false;
  const kept = before.slice(at);
  return after.slice(0, kept.length) === kept;
}

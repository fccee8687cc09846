// Bodies of requests, checked by a schema that names the message for each problem. All problems come back at once.
import type { z } from 'zod';
import { en } from './messages-en.ts';
import type { MessageKey } from './messages.ts';
import { invalid } from './errors.ts';
import type { Problems } from './errors.ts';

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: Problems };

function keyOf(message: string): MessageKey {
  return message in en ? (message as MessageKey) : 'problem.value';
}

/** The schema's messages must be message keys; any other is shown as "not possible". */
export function check<S extends z.ZodType>(schema: S, body: unknown): Checked<z.output<S>> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems: Record<string, MessageKey[]> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.join('.');
    problems[field] = said([...(problems[field] ?? []), keyOf(issue.message)]);
  }
  return { ok: false, problems };
}

/** Each problem once; of an empty field only that it is empty, not what else it therefore is not. */
function said(keys: readonly MessageKey[]): MessageKey[] {
  return keys.includes('problem.required') ? ['problem.required'] : [...new Set(keys)];
}

/** For programs: the value, or a 422 that lists the problems. */
export function valid<T>(checked: Checked<T>): T {
  if (!checked.ok) throw invalid(checked.problems);
  return checked.value;
}

/** The same of a body. */
export function demand<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  return valid(check(schema, body));
}

/** What was typed, as text for showing the form again; fields of other types become ''. */
export function typed<F extends string>(body: unknown, fields: readonly F[]): Record<F, string> {
  const source = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const text = (value: unknown): string => (typeof value === 'string' ? value.slice(0, 500) : '');
  return Object.fromEntries(fields.map((field) => [field, text(source[field])])) as Record<F, string>;
}

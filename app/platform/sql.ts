// A statement is text and values kept apart: sql`… ${value} …` can only ever make parameters, so nothing a
// shopper types becomes SQL. Each distinct text is a named prepared statement, planned once per connection.
import { hash } from 'node:crypto';

export interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

const names = new WeakMap<readonly string[], { name: string; text: string }>();

function prepare(parts: readonly string[]): { name: string; text: string } {
  const known = names.get(parts);
  if (known !== undefined) return known;
  const text = parts.reduce((all, part, index) => `${all}$${index}${part}`);
  const made = { name: hash('sha1', text, 'base64url').slice(0, 16), text };
  names.set(parts, made);
  return made;
}

export function sql(parts: TemplateStringsArray, ...values: unknown[]): Statement {
  return { ...prepare(parts), values };
}

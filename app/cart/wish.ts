// What a request wants to add to the cart, as its form or its JSON says it.
import { hash } from 'node:crypto';
import type { AppContext } from '../http/context.ts';
import { check } from '../http/input.ts';
import type { Checked } from '../http/input.ts';
import { bodyOf } from '../http/pages.ts';
import { addBody, addForm } from './schema.ts';

export interface Wish {
  readonly sku: string;
  readonly quantity: number;
  readonly operationId: string;
}

/** Every cart remembers 64 of them, in both stores and on every way between: 72 bits tell these apart. */
const INTENTION_LENGTH = 12;

/** Same page, same wish: the same id. */
export function intention(operationId: string, ...wish: readonly (string | number)[]): string {
  return hash('sha256', [operationId, ...wish].join('\n'), 'base64url').slice(0, INTENTION_LENGTH);
}

function read(ctx: AppContext): Checked<Wish> {
  if (ctx.state.isApi === true) return check(addBody, bodyOf(ctx));
  const form = check(addForm, bodyOf(ctx));
  if (!form.ok) return form;
  const { sku, quantity, operationId } = form.value;
  return { ok: true, value: { sku, quantity, operationId: intention(operationId, sku, quantity) } };
}

/** What the body says, once it is read: looked at in front of the session and again by the handler. */
export function wishOf(ctx: AppContext): Checked<Wish> {
  return (ctx.state.wish ??= read(ctx));
}

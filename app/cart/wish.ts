// What a request wants to add to the cart, as its form or its JSON says it.
import { createHash } from 'node:crypto';
import type { AppContext } from '../http/context.ts';
import { check } from '../http/input.ts';
import { bodyOf } from '../http/pages.ts';
import { addBody, addForm } from './schema.ts';

export interface Wish {
  readonly sku: string;
  readonly quantity: number;
  readonly operationId: string;
}

/** Same page, same wish: the same id. */
export function intention(operationId: string, ...wish: readonly (string | number)[]): string {
  return createHash('sha256')
    .update([operationId, ...wish].join('\n'))
    .digest('base64url')
    .slice(0, 24);
}

/** Undefined when it says nothing usable: what is wrong with it, its handler will say. */
export function wishOf(ctx: AppContext): Wish | undefined {
  if (ctx.state.isApi === true) {
    const body = check(addBody, bodyOf(ctx));
    return body.ok ? body.value : undefined;
  }
  const form = check(addForm, bodyOf(ctx));
  if (!form.ok) return undefined;
  const { sku, quantity, operationId } = form.value;
  return { sku, quantity, operationId: intention(operationId, sku, quantity) };
}

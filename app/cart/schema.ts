// What may be said about a cart.
import * as z from 'zod';
import { skuSchema } from '../catalog/schema.ts';
import { MAX_QUANTITY } from './cart.ts';

/** Chosen by the client, once per intention; repeating it changes nothing. */
export const operationId = z.string().regex(/^[\w-]{8,64}$/, 'problem.value');

const quantity = z.coerce
  .number({ error: 'problem.quantity' })
  .int('problem.quantity')
  .min(1, 'problem.quantity')
  .max(MAX_QUANTITY, 'problem.quantity');

/** The JSON API takes numbers as numbers. */
const strictQuantity = z
  .number({ error: 'problem.quantity' })
  .int('problem.quantity')
  .min(1, 'problem.quantity')
  .max(MAX_QUANTITY, 'problem.quantity');

export const addForm = z.object({ sku: skuSchema, quantity: quantity.default(1), operationId });
export const setForm = z.object({ quantity, operationId });
export const removeForm = z.object({ operationId });

export const addBody = z.strictObject({ sku: skuSchema, quantity: strictQuantity, operationId });
export const setBody = z.strictObject({ quantity: strictQuantity, operationId });
export const removeBody = z.strictObject({ operationId });

// What staff may type: a stock, a price, the next state of an order.
import { z } from 'zod';
import { STATUSES } from '../orders/order.ts';

const MOST_STOCK = 9_999;

const stock = z
  .string({ error: 'problem.stock' })
  .trim()
  .regex(/^\d{1,4}$/, 'problem.stock')
  .transform(Number)
  .refine((pieces) => pieces <= MOST_STOCK, 'problem.stock');

/** "49.90", "49,90" or "49" → euro cents. Read as text: a float has no business near money. */
const price = z
  .string({ error: 'problem.price' })
  .trim()
  .regex(/^\d{1,5}([.,]\d{1,2})?$/, 'problem.price')
  .transform((typed) => {
    const [euros = '0', cents = ''] = typed.split(/[.,]/);
    return Number(euros) * 100 + Number(cents.padEnd(2, '0'));
  })
  .refine((cents) => cents > 0, 'problem.price');

/** `seen…` is what the form was filled with: only what differs from it is a wish. */
export const variantForm = z.object({ stock, price, seenStock: stock, seenPrice: price });

export const statusForm = z.object({ status: z.enum(STATUSES, { error: 'problem.status' }) });

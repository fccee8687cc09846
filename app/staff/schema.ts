// What staff may type: a stock, a price, the next state of an order.
import * as z from 'zod';
import { PRINTABLE } from '../account/schema.ts';
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

export const statusBody = z.object({ status: z.enum(STATUSES, { error: 'problem.status' }) });

const page = z
  .string()
  .regex(/^[1-9]\d{0,3}$/, 'problem.value')
  .optional();

export const staffQuery = z.object({
  q: z.string().max(80, 'problem.tooLong').regex(PRINTABLE, 'problem.value').optional(),
  page,
});

export const ordersQuery = z.object({ status: statusBody.shape.status.optional(), page });

/** For programs: at least one of stock and price; a stock needs the one it is based on. */
export const variantBody = z
  .strictObject({
    stock: z.int('problem.stock').min(0, 'problem.stock').max(MOST_STOCK, 'problem.stock').optional(),
    seenStock: z.int('problem.stock').min(0, 'problem.stock').max(MOST_STOCK, 'problem.stock').optional(),
    priceCents: z.int('problem.price').min(1, 'problem.price').max(9_999_999, 'problem.price').optional(),
  })
  .superRefine((edit, issues) => {
    const missing = edit.stock === undefined ? 'stock' : 'seenStock';
    const says = edit.stock === undefined ? edit.priceCents !== undefined : edit.seenStock !== undefined;
    if (!says) issues.addIssue({ code: 'custom', path: [missing], message: 'problem.required' });
  });

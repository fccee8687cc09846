// What must be filled in to order, on the page and in the JSON API. Card numbers are checked and handed to the
// payment; of them only the last four digits are ever stored.
import * as z from 'zod';
import { addressFields, email, postcodeFits, text } from '../account/schema.ts';
import { isCardNumber, isFutureExpiry } from './payment.ts';
import { SHIPPING } from './shipping.ts';

const cardNumber = text(25)
  .transform((typed) => typed.replace(/[\s-]/g, ''))
  .refine(isCardNumber, 'problem.cardNumber');
const cardExpiry = text(9).refine((typed) => isFutureExpiry(typed, new Date()), 'problem.cardExpiry');
const cardCode = text(4).regex(/^\d{3,4}$/, 'problem.cardCode');
const shipping = z.enum(SHIPPING, { error: 'problem.shipping' });
export const idempotencyKey = z.string().regex(/^[\w-]{8,100}$/, 'problem.value');
const cents = z.coerce
  .number({ error: 'problem.value' })
  .int('problem.value')
  .min(0, 'problem.value')
  .max(1e9, 'problem.value');

export const checkoutForm = z
  .object({
    email,
    ...addressFields,
    shipping,
    cardNumber,
    cardExpiry,
    cardCode,
    idempotencyKey,
    expectedTotalCents: cents,
    /** Missing in a form that a pod of the version before has made: its total is the goods' alone. */
    shownShipping: z.enum(SHIPPING, { error: 'problem.value' }).optional(),
  })
  .superRefine(postcodeFits);

export const orderBody = z.object({
  /** For guests; an account's own address is taken otherwise. */
  email: email.optional(),
  address: z.object(addressFields).superRefine(postcodeFits),
  shipping,
  payment: z.object({ cardNumber, cardExpiry: cardExpiry.optional(), cardCode: cardCode.optional() }),
  /** In euro cents: the cart's total, or the order's with delivery. */
  expectedTotalCents: z
    .number({ error: 'problem.value' })
    .int('problem.value')
    .min(0, 'problem.value')
    .max(1e9, 'problem.value'),
});

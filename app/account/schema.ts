// What may be typed into the account's forms. Messages are message keys.
import * as z from 'zod';
import { COUNTRIES } from './account.ts';

const LONGEST = 200;

/** No control characters: Postgres keeps no NUL, and nobody's name has a line break. */
export const PRINTABLE = /^[ -~\u00a0-\uffff]*$/;

export function text(longest = LONGEST) {
  return z
    .string({ error: 'problem.required' })
    .trim()
    .min(1, 'problem.required')
    .max(longest, 'problem.tooLong')
    .regex(PRINTABLE, 'problem.value');
}

export const email = text().toLowerCase().pipe(z.email('problem.email'));

/** Long enough is the only rule; the upper bound keeps hashing cheap. */
export const newPassword = z
  .string({ error: 'problem.required' })
  .min(10, 'problem.passwordShort')
  .max(LONGEST, 'problem.tooLong');

export const anyPassword = z
  .string({ error: 'problem.required' })
  .min(1, 'problem.required')
  .max(LONGEST, 'problem.tooLong');

export const registration = z.object({ name: text(100), email, password: newPassword });
export const credentials = z.object({ email, password: anyPassword });

/** Only another e-mail address takes the password; a page sends an empty one with every other change. */
export const profileForm = z.object({
  name: text(100),
  email,
  currentPassword: z.string().max(LONGEST, 'problem.tooLong').optional(),
});
export type ProfileForm = z.output<typeof profileForm>;

export const passwordChange = z.object({ currentPassword: anyPassword, newPassword });
export const removalForm = z.object({ password: anyPassword });
export const forgottenForm = z.object({ email });
export const resetForm = z.object({ newPassword });
export const resetBody = z.object({ token: text(100), newPassword });

const POSTCODES: Readonly<Record<(typeof COUNTRIES)[number], RegExp>> = {
  DE: /^\d{5}$/,
  AT: /^\d{4}$/,
  CH: /^\d{4}$/,
  NL: /^\d{4} ?[A-Z]{2}$/i,
  FR: /^\d{5}$/,
  GB: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/i,
  US: /^\d{5}(-\d{4})?$/,
};

export const addressFields = {
  name: text(100),
  street: text(),
  postcode: text(12),
  city: text(100),
  country: z.enum(COUNTRIES, { error: 'problem.country' }),
};

/** For `superRefine`: the postcode must be one of the country. */
export function postcodeFits(
  address: { readonly country: (typeof COUNTRIES)[number]; readonly postcode: string },
  issues: z.RefinementCtx,
): void {
  if (POSTCODES[address.country].test(address.postcode)) return;
  issues.addIssue({ code: 'custom', path: ['postcode'], message: 'problem.postcode' });
}

export const address = z.object(addressFields).superRefine(postcodeFits);

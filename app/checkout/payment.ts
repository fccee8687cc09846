// The simulated payment provider. Like a real one it is asked outside of any transaction, takes its time, and takes
// money in two steps: an authorisation sets it aside, and lapses by itself unless it is captured. Every step may be
// repeated: the same attempt gets the same authorisation, and money is captured and given back once.
import { setTimeout as sleep } from 'node:timers/promises';
import { remainingMs } from '../platform/deadline.ts';
import type { Deadline } from '../platform/deadline.ts';

export type Authorisation =
  | { readonly outcome: 'authorised'; readonly reference: string }
  | { readonly outcome: 'declined' }
  | { readonly outcome: 'timeout' };

export interface PaymentProvider {
  readonly authorise: (attempt: string, cardNumber: string) => Promise<Authorisation>;
  /** Does nothing for one that was released. */
  readonly capture: (reference: string) => Promise<void>;
  /** Gives the money back, captured or not. */
  readonly release: (reference: string) => Promise<void>;
}

/** Card numbers that do something else than pay, and how the page describes them. */
export const TEST_CARDS = {
  pays: '4242424242424242',
  declined: '4000000000000002',
  timeout: '4000000000000119',
  late: '4000000000000259',
} as const;

/** The provider is given up after this long; the late card answers just before. */
export const PAYMENT_PATIENCE_MS = 3_000;
const LATE_MS = 2_000;
/** Kept back from the request's time, to look whether the attempt was placed before and to render an answer. */
const RESERVE_MS = 1_000;

/**
 * Asks for an authorisation, with the shop's own patience whatever the provider's is. An answer that comes too late
 * belongs to no order, and what it set aside lapses.
 */
export async function authoriseInTime(
  payment: PaymentProvider,
  { attempt, cardNumber }: { readonly attempt: string; readonly cardNumber: string },
  deadline: Deadline,
): Promise<Authorisation> {
  const patienceMs = Math.min(PAYMENT_PATIENCE_MS, Math.max(0, remainingMs(deadline) - RESERVE_MS));
  const answered = new AbortController();
  const tooLate = sleep(patienceMs, { outcome: 'timeout' } as const, { signal: answered.signal });
  try {
    return await Promise.race([payment.authorise(attempt, cardNumber), tooLate]);
  } finally {
    tooLate.catch(() => undefined);
    answered.abort();
  }
}

export function createSimulatedProvider(): PaymentProvider {
  return {
    authorise: async (attempt, cardNumber) => {
      if (cardNumber === TEST_CARDS.declined) return { outcome: 'declined' };
      if (cardNumber === TEST_CARDS.timeout) {
        await sleep(PAYMENT_PATIENCE_MS);
        return { outcome: 'timeout' };
      }
      if (cardNumber === TEST_CARDS.late) await sleep(LATE_MS);
      return { outcome: 'authorised', reference: `sim_${attempt}` };
    },
    capture: () => Promise.resolve(),
    release: () => Promise.resolve(),
  };
}

/** The check digit every card number ends in. */
export function isCardNumber(digits: string): boolean {
  if (!/^\d{13,19}$/.test(digits)) return false;
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = index % 2 === 0 ? Number(digit) : Number(digit) * 2;
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return sum % 10 === 0;
}

/** "MM/YY" of a month that is not over. */
export function isFutureExpiry(text: string, now: Date): boolean {
  const [, month, year] = /^(0[1-9]|1[0-2])\s*\/\s*(?:20)?(\d{2})$/.exec(text) ?? [];
  if (month === undefined || year === undefined) return false;
  const firstDayAfter = Date.UTC(2000 + Number(year), Number(month), 1);
  return now.getTime() < firstDayAfter;
}

// What the outbox has for the payment provider: to capture what an order was paid with, and to give back what one that
// was cancelled had been paid with. Both may come twice, and in any order.
import type { CarryOut, OutboxItem } from '../platform/outbox.ts';
import type { PaymentProvider } from './payment.ts';

export function isPayment({ kind }: OutboxItem): boolean {
  return kind.startsWith('payment-');
}

/** Throws when the provider did not do it: the outbox tries again. */
export function settlePayment(payment: PaymentProvider): CarryOut {
  return async ({ kind, payload }) => {
    const { reference } = payload;
    if (reference === undefined) throw new Error(`checkout/settle: ${kind}: no reference`);
    if (kind === 'payment-capture') return payment.capture(reference);
    if (kind === 'payment-release') return payment.release(reference);
    throw new Error(`checkout/settle: unknown kind ${kind}`);
  };
}

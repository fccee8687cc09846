// The arithmetic of an order: integer cents of one currency throughout. Each price is converted for itself, so the
// total is the sum of what the shopper saw, to the cent.
import { convert } from '../http/format.ts';
import type { Currency } from '../http/view-parts.ts';
import { shippingCents } from './shipping.ts';
import type { Shipping } from './shipping.ts';

export interface PricedPiece {
  readonly sku: string;
  readonly quantity: number;
  /** Euro cents, as the catalogue has it now. */
  readonly euroCents: number;
}

export interface Totals {
  readonly currency: Currency;
  /** Price of one piece by SKU. */
  readonly prices: ReadonlyMap<string, number>;
  readonly subtotalCents: number;
  readonly shippingCents: number;
  readonly totalCents: number;
}

export function totalsOf(pieces: readonly PricedPiece[], shipping: Shipping, currency: Currency): Totals {
  const prices = new Map(pieces.map(({ sku, euroCents }) => [sku, convert(euroCents, currency)]));
  const sum = (priceOf: (piece: PricedPiece) => number): number =>
    pieces.reduce((total, piece) => total + priceOf(piece) * piece.quantity, 0);
  const subtotalCents = sum(({ sku }) => prices.get(sku) ?? 0);
  // Whether delivery is free is decided in euros, so that it is the same in every currency.
  const delivery = convert(
    shippingCents(
      shipping,
      sum(({ euroCents }) => euroCents),
    ),
    currency,
  );
  return {
    currency,
    prices,
    subtotalCents,
    shippingCents: delivery,
    totalCents: subtotalCents + delivery,
  };
}

// An order as it is kept. Amounts are in the currency it was placed in; names and prices are those of that moment.
import type { Address } from '../account/account.ts';
import type { Localized } from '../catalog/seed-product.ts';
import type { Currency } from '../http/view-parts.ts';

export const STATUSES = [
  'pending',
  'paid',
  'shipped',
  'delivered',
  'declined',
  'expired',
  'cancelled',
] as const;
export type Status = (typeof STATUSES)[number];

export interface OrderLine {
  readonly sku: string;
  readonly slug: string;
  readonly name: Localized;
  readonly colour: string;
  readonly size: string;
  readonly quantity: number;
  readonly priceCents: number;
}

export interface Order {
  readonly id: string;
  /** The number shown to people, "MC-100042". */
  readonly number: string;
  readonly cartId: string;
  readonly accountId: string | null;
  readonly email: string;
  readonly status: Status;
  readonly address: Address;
  readonly shipping: string;
  readonly currency: Currency;
  readonly subtotalCents: number;
  readonly shippingCents: number;
  readonly totalCents: number;
  readonly cardLastFour: string;
  readonly placedAt: Date;
  readonly lines: readonly OrderLine[];
}

/** Which states may follow which, by hand of staff or customer. */
export const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  pending: [],
  paid: ['shipped', 'cancelled'],
  shipped: ['delivered'],
  delivered: [],
  declined: [],
  expired: [],
  cancelled: [],
};

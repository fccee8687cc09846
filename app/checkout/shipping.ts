// What delivery costs, in euro cents. Pure, so that the page, the order and the tests cannot disagree.
export const SHIPPING = ['standard', 'express', 'pickup'] as const;
export type Shipping = (typeof SHIPPING)[number];

const PRICES: Readonly<Record<Shipping, number>> = { standard: 490, express: 1_290, pickup: 0 };
/** From this value of goods on, standard delivery is free. */
const FREE_FROM = 10_000;

export function shippingCents(shipping: Shipping, subtotalCents: number): number {
  return shipping === 'standard' && subtotalCents >= FREE_FROM ? 0 : PRICES[shipping];
}

// Samples of the pages on which something is bought.
import { COLOURS } from '../../../app/catalog/seed-product.ts';
import type { ViewModels } from '../../../app/http/view-models.ts';
import type { CartLineModel, OrderModel } from '../../../app/http/view-models-sale.ts';
import { catalogue } from '../../../app/seed/catalogue.ts';
import { addressValues, countries, form, money, pictureOf } from './sample-parts.ts';

export const lines: readonly CartLineModel[] = [0, 12, 60].flatMap((index, position) => {
  const product = catalogue[index];
  const first = product?.variants[position];
  if (!product || !first) return [];
  return [
    {
      sku: `${product.slug}-${first.colour}-${first.size}`,
      name: product.name.en,
      href: `/product/${product.slug}`,
      picture: pictureOf(product, first.colour),
      colour: COLOURS[first.colour].name.en,
      size: first.size.toUpperCase(),
      quantity: position + 1,
      maxQuantity: 10,
      price: money(product.priceCents),
      total: money(product.priceCents * (position + 1)),
      note: position === 1 ? 'The price went up from €64.00 to €69.00.' : '',
    },
  ];
});

export const order: OrderModel = {
  id: 'f4c1a8b2-5f6e-4c0e-9a1e-0d9a1f7f6a33',
  number: 'MC-100042',
  placedAt: '22 November 2026, 07:12',
  placedAtIso: '2026-11-22T07:12:00Z',
  status: 'Paid',
  statusKind: 'good',
  email: 'ada@example.org',
  address: ['Ada Lovelace', 'St James’s Square 12', 'SW1Y 4LB London', 'United Kingdom'],
  shippingText: 'Standard, 2–4 days',
  paymentText: 'Card ending in 4242',
  lines,
  subtotal: money(28500),
  shipping: money(490),
  total: money(28990),
  cancelAction: '/orders/MC-100042/cancel',
};

export const sold: Pick<ViewModels, 'cart' | 'checkout' | 'order' | 'orders' | 'order-confirmation'> = {
  cart: {
    lines,
    subtotal: money(28500),
    count: 6,
    operationId: 'op-1',
    checkoutHref: '/checkout',
    canCheckout: true,
  },
  checkout: {
    form: form('/checkout', {
      email: 'ada',
      ...addressValues,
      shipping: 'standard',
      cardNumber: '',
      cardExpiry: '',
      cardCode: '',
    }),
    idempotencyKey: 'key-1',
    heldMinutes: 9,
    expectedTotalCents: 28990,
    shownShipping: 'standard',
    lines,
    countries,
    shippingOptions: [
      {
        value: 'standard',
        text: 'Standard',
        detail: '2–4 days',
        price: money(490),
        total: money(28990),
        checked: true,
      },
      {
        value: 'express',
        text: 'Express',
        detail: 'Tomorrow, if ordered by 2 pm',
        price: money(1290),
        total: money(29790),
        checked: false,
      },
    ],
    subtotal: money(28500),
    shipping: money(490),
    total: money(28990),
    testCards: [
      { number: '4242 4242 4242 4242', text: 'Pays' },
      { number: '4000 0000 0000 0002', text: 'Is declined' },
    ],
    addresses: [
      { text: 'Ada Lovelace, St James’s Square 12, London', href: '/checkout?address=1', current: true },
      { text: 'Ada Lovelace, Office, London', href: '/checkout?address=2', current: false },
    ],
  },
  order,
  'order-confirmation': order,
  orders: {
    orders: [
      { ...order, href: '/orders/MC-100042', count: 6 },
      {
        ...order,
        number: 'MC-100041',
        href: '/orders/MC-100041',
        count: 1,
        status: 'Cancelled',
        statusKind: 'bad',
      },
      {
        ...order,
        number: 'MC-100040',
        href: '/orders/MC-100040',
        count: 2,
        status: 'Waiting for payment',
        statusKind: 'waiting',
      },
    ],
    previousHref: null,
    nextHref: '/orders?page=2',
  },
};

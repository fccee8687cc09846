// What the JSON API answers, as schemas: the document is generated from them, and the tests hold real answers
// against them. Amounts are in cents of the named currency, euro cents where none is named.
import * as z from 'zod';
import { COUNTRIES } from '../account/account.ts';
import { LINE_NOTES } from '../cart/present.ts';
import { FACETS } from '../catalog/product.ts';
import { SHIPPING } from '../checkout/shipping.ts';
import { STATUSES } from '../orders/order.ts';
import { CURRENCIES } from '../http/view-parts.ts';

const localized = z.object({ en: z.string(), de: z.string() });
const cents = z.int().min(0);

export const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string(),
    requestId: z.string(),
    problems: z.array(z.object({ field: z.string(), code: z.string(), detail: z.string() })).optional(),
    operationId: z.string().optional().describe('Of the body, with a 503: send it again with the same one.'),
  })
  .meta({
    id: 'Problem',
    description: 'RFC 9457; `problems` lists all that is wrong with the body at once.',
  });

const item = z
  .object({
    slug: z.string(),
    name: localized,
    category: z.string(),
    priceCents: cents,
    colours: z.array(z.string()),
    inStock: z.boolean(),
  })
  .meta({ id: 'Item' });

const facetCount = z.object({ facet: z.enum(FACETS), value: z.string(), count: z.int().min(0) });

export const listing = z.object({
  items: z.array(item),
  total: z.int().min(0),
  page: z.int().min(1),
  facets: z.array(facetCount).describe('How many there would be with each value of a filter.'),
});

export const recommendations = z.object({
  why: z
    .enum(['together', 'alike'])
    .describe('Bought together with it, or others of its category while nothing was.'),
  items: z.array(item),
});

export const product = z
  .object({
    slug: z.string(),
    name: localized,
    description: localized,
    category: z.string(),
    variants: z.array(
      z.object({
        sku: z.string(),
        size: z.string(),
        colour: z.string(),
        priceCents: cents,
        stock: z.int().min(0),
      }),
    ),
  })
  .meta({ id: 'Product' });

export const cart = z
  .object({
    version: z.int().min(0),
    lines: z.array(
      z.object({
        sku: z.string(),
        quantity: z.int().min(1),
        priceCents: cents,
        seenPriceCents: cents.nullable().describe('When it was put in; null when that is not known.'),
        stock: z.int().min(0).describe('What is there for this cart.'),
        note: z
          .enum(LINE_NOTES)
          .nullable()
          .describe('What should be known before it is bought; null when nothing changed.'),
      }),
    ),
    totalCents: cents.describe('Of the goods.'),
    shipping: z
      .array(z.object({ method: z.enum(SHIPPING), priceCents: cents, totalCents: cents }))
      .describe('Every delivery, its price, and the total of an order with it.'),
  })
  .meta({ id: 'Cart', description: 'After the change, when it was one; acknowledged by a replica.' });

export const account = z
  .object({ id: z.uuid(), email: z.string(), name: z.string() })
  .meta({ id: 'Account' });

const summary = {
  id: z.uuid(),
  number: z.string().regex(/^MC-\d+$/),
  status: z.enum(STATUSES),
  placedAt: z.iso.datetime(),
  currency: z.enum(CURRENCIES),
  totalCents: cents,
};

export const orders = z.object({
  items: z.array(z.object({ ...summary, pieces: z.int().min(1) })),
  page: z.int().min(1),
  hasNext: z.boolean(),
});

/** Of a deleted account nothing but the amounts is left: its fields are ''. */
const address = z.object({
  name: z.string(),
  street: z.string(),
  postcode: z.string(),
  city: z.string(),
  country: z.enum([...COUNTRIES, '']),
});

export const order = z
  .object({
    ...summary,
    email: z.string(),
    address,
    shipping: z.string(),
    subtotalCents: cents,
    shippingCents: cents,
    lines: z.array(z.object({ sku: z.string(), quantity: z.int().min(1), priceCents: cents })),
  })
  .meta({ id: 'Order' });

export const savedAddress = z.object({ id: z.uuid(), ...address.shape }).meta({ id: 'SavedAddress' });
export const addresses = z.object({ items: z.array(savedAddress) });

const session = z.object({ startedAt: z.iso.datetime(), current: z.boolean() });

export const sessions = z.object({ items: z.array(z.object({ key: z.string(), ...session.shape })) });

export const everything = z.object({
  account: z.looseObject({ id: z.uuid(), email: z.string() }),
  addresses: z.array(savedAddress),
  orders: z.array(z.looseObject({ number: z.string() })),
  cart: z.array(z.object({ sku: z.string(), quantity: z.int().min(1) })),
  sessions: z.array(session),
});

export const staffVariant = z
  .object({
    sku: z.string(),
    name: localized,
    colour: z.string(),
    size: z.string(),
    stock: z.int().min(0),
    priceCents: cents,
    held: z.int().min(0),
  })
  .meta({ id: 'StaffVariant' });
export const staffVariants = z.object({
  items: z.array(staffVariant),
  page: z.int().min(1),
  hasNext: z.boolean(),
});

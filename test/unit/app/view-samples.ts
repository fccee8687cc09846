// One filled-in model for every view, used to render all pages without a shop behind them. The texts are long
// and awkward on purpose; `problems` shows every form as it comes back to a shopper.
import { catalogue, categories } from '../../../app/seed/catalogue.ts';
import { COLOURS, type Colour, type SeedProduct } from '../../../app/catalog/seed-product.ts';
import { translator } from '../../../app/locales/translate.ts';
import type { ViewModels } from '../../../app/http/view-models.ts';
import type { CartLineModel, OrderModel } from '../../../app/http/view-models-sale.ts';
import type { FormModel, Language, Layout, Money, ProductCard } from '../../../app/http/view-parts.ts';

const money = (cents: number): Money => ({
  cents,
  currency: 'EUR',
  text: new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100),
});

const coloursOf = (product: SeedProduct): readonly Colour[] => [
  ...new Set(product.variants.map((variant) => variant.colour)),
];

const pictureOf = (product: SeedProduct, colour?: Colour): string =>
  `/pictures/${product.slug}-${colour ?? coloursOf(product)[0] ?? 'grey'}.svg`;

export function card(product: SeedProduct, soldOut = false): ProductCard {
  return {
    slug: product.slug,
    name: product.name.en,
    href: `/product/${product.slug}`,
    price: money(product.priceCents),
    picture: pictureOf(product),
    colours: coloursOf(product).map((colour) => ({
      name: COLOURS[colour].name.en,
      hex: COLOURS[colour].hex,
    })),
    soldOut,
  };
}

const spread = (start: number, count: number): readonly ProductCard[] =>
  Array.from({ length: count }, (_, index) => catalogue[(start + index * 7) % catalogue.length])
    .filter((product) => product !== undefined)
    .map((product, index) => card(product, index === 2));

export function sampleLayout(language: Language, overrides: Partial<Layout> = {}): Layout {
  return {
    title: 'A page',
    language,
    currency: 'EUR',
    t: translator(language),
    path: '/somewhere?a=1&b=2',
    categories: categories.map((category, index) => ({
      name: category.name[language],
      href: `/category/${category.slug}`,
      current: index === 2,
    })),
    searchQuery: '',
    cartCount: 3,
    user: { name: 'Ada Lovelace', staff: true },
    flash: { kind: 'success', text: 'Added to your cart.' },
    notice: '',
    asset: (file) => `/assets/${file}`,
    pod: 'app-7c9f5d6b8-x2kqp',
    requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    sessionStrategy: 'redis',
    ...overrides,
  };
}

const form = <Field extends string>(action: string, values: Record<Field, string>): FormModel<Field> => ({
  action,
  values,
  problems: Object.fromEntries(
    Object.keys(values).map((field) => [field, [`Please check the ${field}.`, 'It is needed.']]),
  ) as Partial<Record<Field, string[]>>,
  general: ['The total has changed since you saw it.'],
});

const lines: readonly CartLineModel[] = [0, 12, 60].flatMap((index, position) => {
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

const order: OrderModel = {
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

const countries = [
  { code: 'DE', text: 'Germany', selected: true },
  { code: 'AT', text: 'Austria', selected: false },
];
const addressValues = { name: 'Ada <b>', street: 'Square 12 "B"', postcode: '1', city: 'L', country: 'DE' };

const sold: Pick<ViewModels, 'cart' | 'checkout' | 'order' | 'orders' | 'order-confirmation'> = {
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
    expectedTotalCents: 28990,
    lines,
    countries,
    shippingOptions: [
      { value: 'standard', text: 'Standard', detail: '2–4 days', price: money(490), checked: true },
      {
        value: 'express',
        text: 'Express',
        detail: 'Tomorrow, if ordered by 2 pm',
        price: money(1290),
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

const listing: ViewModels['listing'] = {
  heading: 'Knitwear',
  description: categories[2]?.description.en ?? '',
  query: '',
  items: spread(3, 12),
  total: 63,
  summary: '1–12 of 63',
  facets: [
    {
      name: 'size',
      title: 'Size',
      choices: ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((text, index) => ({
        value: text.toLowerCase(),
        text,
        href: `?size=${text.toLowerCase()}`,
        current: index === 2,
        count: 12 - index,
      })),
    },
    {
      name: 'colour',
      title: 'Colour',
      choices: Object.entries(COLOURS).map(([value, colour], index) => ({
        value,
        text: colour.name.en,
        hex: colour.hex,
        href: `?colour=${value}`,
        current: index === 3,
        count: 4,
      })),
    },
    {
      name: 'price',
      title: 'Price',
      choices: [{ value: '0-50', text: 'up to €50', href: '?price=0-50', current: false, count: 9 }],
    },
  ],
  active: [
    { text: 'M', removeHref: '?' },
    { text: 'Navy', removeHref: '?' },
  ],
  clearHref: '?',
  sorts: [
    { value: 'newest', text: 'Newest first', href: '?sort=newest', current: true },
    { value: 'price', text: 'Price, low to high', href: '?sort=price', current: false },
  ],
  pages: [1, 2, 3, 4, 5, 6].map((number) => ({ number, href: `?page=${number}`, current: number === 2 })),
  previousHref: '?page=1',
  nextHref: '?page=3',
};

function productModel(): ViewModels['product'] {
  const product = catalogue[18];
  if (!product) throw new Error('the catalogue is too small for the samples');
  const colours = coloursOf(product);
  return {
    slug: product.slug,
    name: product.name.en,
    description: product.description.en,
    category: { name: 'Knitwear', href: '/category/knitwear' },
    price: money(product.priceCents),
    picture: pictureOf(product, colours[1]),
    pictureAlt: `${product.name.en} in navy`,
    colours: colours.map((colour, index) => ({
      value: colour,
      text: COLOURS[colour].name.en,
      href: `?colour=${colour}`,
      current: index === 1,
      hex: COLOURS[colour].hex,
      picture: pictureOf(product, colour),
    })),
    variants: ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((size, index) => ({
      sku: `${product.slug}-navy-${size.toLowerCase()}`,
      size,
      price: money(product.priceCents),
      inStock: index !== 4,
      stockText: index === 4 ? 'Sold out' : index === 1 ? 'Only 2 left' : 'In stock',
      checked: index === 2,
    })),
    soldOut: false,
    maxQuantity: 10,
    operationId: 'op-2',
    problem: '',
    boughtTogether: spread(30, 4),
    recentlySeen: spread(50, 4),
  };
}

export const samples: ViewModels = {
  ...sold,
  listing,
  product: productModel(),
  home: {
    categories: categories.map((category) => ({
      name: category.name.en,
      href: `/category/${category.slug}`,
      picture: `/pictures/category-${category.slug}.svg`,
      description: category.description.en,
    })),
    newest: spread(16, 8),
    recentlySeen: spread(50, 4),
  },
  login: { form: form('/login', { email: 'ada', password: '' }), returnTo: '/checkout' },
  register: { form: form('/register', { name: '', email: 'ada', password: '' }), returnTo: '/' },
  account: {
    name: 'Ada',
    email: 'ada@example.org',
    memberSince: '22 November 2026',
    profile: form('/account', { name: 'Ada', email: 'ada@example.org' }),
    removal: form('/account/delete', { password: '' }),
    links: {
      orders: '/orders',
      addresses: '/account/addresses',
      password: '/account/password',
      sessions: '/account/sessions',
      export: '/account/export',
    },
  },
  addresses: {
    addresses: [
      {
        lines: order.address,
        preferred: true,
        removeAction: '/account/addresses/1/remove',
        preferAction: '/account/addresses/1/prefer',
      },
      {
        lines: order.address,
        preferred: false,
        removeAction: '/account/addresses/2/remove',
        preferAction: '/account/addresses/2/prefer',
      },
    ],
    form: form('/account/addresses', addressValues),
    countries,
  },
  password: { form: form('/account/password', { currentPassword: '', newPassword: '' }) },
  'password-forgot': { form: form('/password/forgot', { email: 'ada' }), sent: false },
  'password-reset': { form: form('/password/reset', { newPassword: '' }), token: 'token-1', valid: true },
  sessions: {
    sessions: [
      {
        device: 'Firefox on Linux',
        startedAt: '20 November',
        lastSeenAt: 'just now',
        current: true,
        revokeAction: '/account/sessions/1/revoke',
      },
      {
        device: 'Safari on iPhone',
        startedAt: '2 November',
        lastSeenAt: 'yesterday',
        current: false,
        revokeAction: '/account/sessions/2/revoke',
      },
    ],
    revokeAllAction: '/account/sessions/revoke-all',
  },
  'staff-products': {
    query: 'tee',
    rows: lines.map((line, index) => ({
      sku: line.sku,
      name: line.name,
      colour: line.colour,
      size: line.size,
      stock: '12',
      price: '29.00',
      held: index,
      action: `/staff/products/${line.sku}`,
      problems: index === 1 ? ['The price must be a number.'] : [],
    })),
    previousHref: null,
    nextHref: '/staff/products?page=2',
  },
  'staff-orders': {
    filters: [
      { text: 'All', href: '/staff/orders', current: true },
      { text: 'Paid', href: '/staff/orders?status=paid', current: false },
    ],
    orders: [
      {
        number: 'MC-100042',
        href: '/orders/1',
        placedAt: '22 November',
        email: 'ada@example.org',
        status: 'Paid',
        total: money(28990),
        action: '/staff/orders/1',
        nextStatuses: [{ value: 'sent', text: 'Sent' }],
      },
      {
        number: 'MC-100041',
        href: '/orders/2',
        placedAt: '21 November',
        email: 'ada@example.org',
        status: 'Cancelled',
        total: money(990),
        action: '/staff/orders/2',
        nextStatuses: [],
      },
    ],
    previousHref: null,
    nextHref: null,
  },
  lab: {
    facts: [
      { name: 'Pod', value: 'app-7c9f5d6b8-x2kqp' },
      { name: 'Store round trips', value: '1' },
    ],
    strategies: [
      { name: 'redis', current: true, keeps: 'everything', loses: 'nothing' },
      { name: 'memory', current: false, keeps: 'nothing', loses: 'the cart' },
    ],
  },
  error: {
    status: 503,
    heading: 'One moment, please',
    text: 'Too many people are here at once.',
    retryAfterSeconds: 5,
  },
};

// One filled-in model for every view, used to render all pages without a shop behind them. The texts are long
// and awkward on purpose, and every form comes back with problems, as a shopper may see it.
import type { ViewModels } from '../../../app/http/view-models.ts';
import { categories } from '../../../app/seed/catalogue.ts';
import { listing, productModel } from './sample-browse.ts';
import { addressValues, countries, form, money, spread } from './sample-parts.ts';
import { lines, order, sold } from './sample-sale.ts';

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
    profile: form('/account', { name: 'Ada', email: 'ada@example.org', currentPassword: '' }),
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
  password: {
    form: form('/account/password', { currentPassword: '', newPassword: '' }),
    revocable: true,
  },
  'password-forgot': { form: form('/password/forgot', { email: 'ada' }), sent: false },
  'password-reset': {
    form: form('/password/reset', { newPassword: '' }),
    token: 'token-1',
    valid: true,
    revocable: true,
  },
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
    revocable: true,
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
      seenStock: '12',
      seenPrice: '29.00',
      held: index,
      action: `/staff/products/${line.sku}`,
      problems: { stock: [], price: index === 1 ? ['The price must be a number.'] : [] },
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
    repeat: { action: '/cart/lines', fields: [{ name: 'sku', value: 'tee-navy-m' }], isWhole: true },
  },
};

// A shopper without a browser: the JSON API of the shop with a cookie jar, as any client could be written from its
// documentation. Every request has a deadline; answers that are not 2xx are returned, not thrown.
import { randomUUID } from 'node:crypto';
import { timeouts } from './timeouts.ts';

/** Where the shop under test answers. */
export const shopUrl = process.env.SHOP_URL ?? 'http://localhost:8080';

export interface Answer<T> {
  readonly status: number;
  readonly body: T;
  readonly headers: Headers;
  /** The app pod that answered. */
  readonly pod: string;
}

export interface Variant {
  readonly sku: string;
  readonly size: string;
  readonly colour: string;
  readonly priceCents: number;
  readonly stock: number;
}

export interface Product {
  readonly slug: string;
  readonly name: string;
  readonly variants: readonly Variant[];
}

export interface Cart {
  readonly version: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly priceCents: number }[];
  readonly totalCents: number;
}

export interface Order {
  readonly id: string;
  readonly number: string;
  readonly totalCents: number;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** What a browser sends back of the cookies that an answer set: those that match, or all. */
export function cookiesIn({ headers }: { readonly headers: Headers }, which = /^/): string {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';')[0] ?? '');
  return pairs.filter((pair) => which.test(pair)).join('; ');
}

export interface ShopClient {
  request: <T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ) => Promise<Answer<T>>;
  products: (query?: string) => Promise<Answer<{ items: Product[]; total: number }>>;
  product: (slug: string) => Promise<Answer<Product>>;
  cart: () => Promise<Answer<Cart>>;
  /** Adds pieces; repeating an operation id changes nothing. */
  add: (sku: string, quantity?: number, operationId?: string) => Promise<Answer<Cart>>;
  register: (account: { email: string; password: string; name: string }) => Promise<Answer<unknown>>;
  /** Orders the cart with a test card that pays. */
  order: (options?: { key?: string; email?: string; expectedTotalCents?: number }) => Promise<Answer<Order>>;
  orders: () => Promise<Answer<{ items: Order[] }>>;
}

/** A shopper with a jar of her own, at the shop under test or at `baseUrl`. */
export function shopClient(baseUrl: string = shopUrl): ShopClient {
  const jar = new Map<string, string>();
  const request: ShopClient['request'] = async <T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> => {
    const answer = await fetch(new URL(path, baseUrl), {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeouts.requestMs),
      headers: {
        accept: 'application/json, application/problem+json;q=0.9, text/html;q=0.1',
        cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
        origin: new URL(baseUrl).origin,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: typeof body === 'string' || body === undefined ? body : JSON.stringify(body),
    });
    keepCookies(jar, answer.headers.getSetCookie());
    const pod = answer.headers.get('x-served-by') ?? '';
    return { status: answer.status, body: (await bodyOf(answer)) as T, headers: answer.headers, pod };
  };
  return clientOver(request);
}

function clientOver(request: ShopClient['request']): ShopClient {
  const cart: ShopClient['cart'] = () => request('GET', '/api/v1/cart');
  return {
    request,
    cart,
    products: (query = '') => request('GET', `/api/v1/products${query}`),
    product: (slug) => request('GET', `/api/v1/products/${slug}`),
    add: (sku, quantity = 1, operationId = randomUUID()) =>
      request('POST', '/api/v1/cart/lines', { sku, quantity, operationId }),
    register: (account) => request('POST', '/api/v1/accounts', account),
    order: async ({ key = randomUUID(), email, expectedTotalCents } = {}) => {
      const total = expectedTotalCents ?? (await cart()).body.totalCents;
      return request('POST', '/api/v1/orders', orderOf(total, email), { 'idempotency-key': key });
    },
    orders: () => request('GET', '/api/v1/orders'),
  };
}

/** An address, a delivery and a card with which an order succeeds. */
export function orderOf(expectedTotalCents: number, email = 'shopper@example.org'): Record<string, unknown> {
  return {
    address: { name: 'Ada Quill', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' },
    email,
    shipping: 'standard',
    payment: { cardNumber: '4242424242424242', cardExpiry: '12/34', cardCode: '123' },
    expectedTotalCents,
  };
}

/** The first variant that is in stock, among the articles the catalog lists. Throws when there is none. */
export async function anyVariant(client: ShopClient, minStock = 1): Promise<Variant> {
  const { body } = await client.products();
  for (const { slug } of body.items) {
    const product = (await client.product(slug)).body;
    const variant = product.variants.find(({ stock }) => stock >= minStock);
    if (variant) return variant;
  }
  throw new Error(`no article with ${minStock} pieces in stock among ${body.items.length}`);
}

/** An e-mail address nobody has registered. */
export const newEmail = (): string => `shopper-${randomUUID()}@example.org`;

function keepCookies(jar: Map<string, string>, headers: readonly string[]): void {
  for (const header of headers) {
    const [pair = '', ...attributes] = header.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const name = pair.slice(0, at);
    const expires = attributes.find((attribute) => /^expires=/i.test(attribute))?.slice('expires='.length);
    const gone = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (gone || (expires !== undefined && Date.parse(expires) < Date.now())) jar.delete(name);
    else jar.set(name, pair.slice(at + 1));
  }
}

async function bodyOf(answer: Response): Promise<unknown> {
  const text = await answer.text();
  return /json/.test(answer.headers.get('content-type') ?? '') ? (JSON.parse(text) as unknown) : text;
}

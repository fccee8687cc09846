// What the bench asks for, and how good the answer has to be. The paths are the same on the shop and on the baseline.

/** The servers compared. `unreplicated` is the shop without waiting for a replica, for changes of carts only. */
export const servers = ['bare', 'baseline', 'shop', 'unreplicated'] as const;
export type ServerName = (typeof servers)[number];

export interface BenchPage {
  readonly page: string;
  readonly server: Exclude<ServerName, 'bare' | 'baseline'>;
  readonly path: string;
  /** Who asks: a first visit without cookies, a guest with a cart, or a guest who adds to it. */
  readonly visitor: 'new' | 'guest' | 'adding';
  /** Least ratio of requests/s to the other server's. */
  readonly targets: { readonly toBareKoa?: number; readonly toBaseline?: number };
}

export const product = '/products/linen-shirt';

export const pages: readonly BenchPage[] = [
  { page: 'home', server: 'shop', path: '/', visitor: 'new', targets: {} },
  { page: 'category', server: 'shop', path: '/category/shirts', visitor: 'new', targets: {} },
  {
    page: 'product',
    server: 'shop',
    path: product,
    visitor: 'new',
    targets: { toBareKoa: 0.6, toBaseline: 2 },
  },
  {
    page: 'product, with a cart',
    server: 'shop',
    path: product,
    visitor: 'guest',
    targets: { toBaseline: 2 },
  },
  { page: 'cart', server: 'shop', path: '/cart', visitor: 'guest', targets: {} },
  {
    page: 'add to cart',
    server: 'shop',
    path: '/cart/lines',
    visitor: 'adding',
    targets: { toBaseline: 1.5 },
  },
  {
    page: 'add to cart, no WAIT',
    server: 'unreplicated',
    path: '/cart/lines',
    visitor: 'adding',
    targets: { toBaseline: 2 },
  },
];

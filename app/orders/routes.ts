// Pages of orders: the list, one order, its confirmation, cancelling.
import type Router from '@koa/router';
import type { CartStore } from '../cart/cart.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { param, seeOther, viewerOf } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { cartHolderOf } from '../session/session.ts';
import type { Order } from './order.ts';
import { orderModel, ordersModel } from './present.ts';
import type { Orders } from './service.ts';

export interface OrderRouteDeps extends Pages {
  readonly orders: Orders;
  readonly cartStore: CartStore;
}

/** ?page=… from 1; anything else is the first page. */
export function pageNumber(ctx: AppContext): number {
  const { page } = ctx.query;
  return typeof page === 'string' && /^[1-9]\d{0,3}$/.test(page) ? Number(page) : 1;
}

async function showList(ctx: AppContext, deps: OrderRouteDeps): Promise<void> {
  const page = pageNumber(ctx);
  const { orders, hasNext } = await deps.orders.list(ctx, page);
  const model = ordersModel(orders, page, hasNext, viewerOf(ctx, deps));
  deps.page(ctx, 'orders', model, { title: sayTo(ctx, 'title.orders'), revalidate: true });
}

async function showOrder(ctx: AppContext, deps: OrderRouteDeps): Promise<void> {
  const order = await deps.orders.find(ctx, param(ctx, 'id'));
  const title = sayTo(ctx, 'title.order', { number: order.number });
  deps.page(ctx, 'order', orderModel(order, viewerOf(ctx, deps)), { title, revalidate: true });
}

/** Checkout has done this; here it is made up for when the cart store was away just then. */
async function emptyCart(ctx: AppContext, deps: OrderRouteDeps, order: Order): Promise<void> {
  if ((ctx.state.cartCount ?? 0) === 0) return;
  const holder = cartHolderOf(ctx);
  if (holder === null) return;
  const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity, seenPriceCents: 0 }));
  await deps.cartStore.bought(holder, { id: order.cartId, version: 0, lines }, ctx.state);
}

async function showConfirmation(ctx: AppContext, deps: OrderRouteDeps): Promise<void> {
  const order = await deps.orders.find(ctx, param(ctx, 'id'));
  await emptyCart(ctx, deps, order);
  const model = orderModel(order, viewerOf(ctx, deps));
  deps.page(ctx, 'order-confirmation', model, { title: sayTo(ctx, 'title.confirmation') });
}

async function cancel(ctx: AppContext, deps: OrderRouteDeps): Promise<void> {
  const id = param(ctx, 'id');
  await deps.orders.cancel(ctx, id);
  setFlash(ctx, 'success', sayTo(ctx, 'order.cancelled'));
  seeOther(ctx, `/orders/${id}`);
}

export function orderRoutes(deps: OrderRouteDeps): Router<AppState> {
  const router = createRouter();
  router.get('orders', '/orders', (ctx) => showList(ctx, deps));
  router.get('order', '/orders/:id', (ctx) => showOrder(ctx, deps));
  router.get('confirmation', '/orders/:id/confirmation', (ctx) => showConfirmation(ctx, deps));
  router.post('/orders/:id/cancel', (ctx) => cancel(ctx, deps));
  return router;
}

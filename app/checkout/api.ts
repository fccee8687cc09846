// Ordering for programs. The Idempotency-Key header names the attempt: 201 for a new order, 200 for the same one
// again, 409 when stock or total changed, 402 when the card was refused.
import type Router from '@koa/router';
import { findById } from '../account/repository.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { invalid, paymentRefused } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { bodyOf, param } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import { orderJson, summaryJson } from '../orders/present.ts';
import { pageNumber } from '../orders/routes.ts';
import type { Orders } from '../orders/service.ts';
import type { Database } from '../platform/pg.ts';
import { userOf } from '../session/session.ts';
import { idempotencyKey, orderBody } from './schema.ts';
import type { Checkout } from './service.ts';

export interface OrderApiDeps {
  readonly db: Database;
  readonly checkout: Checkout;
  readonly orders: Orders;
}

/** The one given, else the account's own; a guest may leave it out. */
async function emailFor(ctx: AppContext, db: Database, given: string | undefined): Promise<string> {
  const user = userOf(ctx);
  if (given !== undefined || user === null) return given ?? '';
  const options = { deadline: ctx.state.deadline, afterLsn: ctx.state.afterLsn };
  return (await db.read((q) => findById(q, user.id), options))?.email ?? '';
}

async function order(ctx: AppContext, deps: OrderApiDeps): Promise<void> {
  const key = idempotencyKey.safeParse(ctx.get('Idempotency-Key'));
  if (!key.success) throw invalid({ 'Idempotency-Key': ['problem.required'] });
  const { address, shipping, payment, expectedTotalCents, email } = demand(orderBody, bodyOf(ctx));
  const result = await deps.checkout.order(ctx, {
    key: key.data,
    email: await emailFor(ctx, deps.db, email),
    address,
    shipping,
    cardNumber: payment.cardNumber,
    currency: 'EUR',
    expectedTotalCents,
    expectedWithDelivery: false,
  });
  if (result.outcome === 'declined') throw paymentRefused('checkout.declined');
  if (result.outcome === 'timeout') throw paymentRefused('checkout.timeout');
  ctx.status = result.outcome === 'ordered' ? 201 : 200;
  ctx.body = orderJson(result.order);
}

export function orderApi(deps: OrderApiDeps): Router<AppState> {
  const router = createRouter('/api/v1/orders');
  router.post('/', (ctx) => order(ctx, deps));
  router.get('/', async (ctx) => {
    const page = pageNumber(ctx);
    const { orders, hasNext } = await deps.orders.list(ctx, page);
    ctx.body = { items: orders.map(summaryJson), page, hasNext };
  });
  router.get('/:id', async (ctx) => {
    ctx.body = orderJson(await deps.orders.find(ctx, param(ctx, 'id')));
  });
  router.post('/:id/cancel', async (ctx) => {
    await deps.orders.cancel(ctx, param(ctx, 'id'));
    ctx.body = orderJson(await deps.orders.find(ctx, param(ctx, 'id')));
  });
  return router;
}

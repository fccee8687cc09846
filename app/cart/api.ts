// The cart for programs. Each change answers with the cart after it, acknowledged; the client's operation id makes
// repeating a request harmless.
import Router from '@koa/router';
import type { AppState } from '../http/context.ts';
import { invalid } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { bodyOf, param } from '../http/pages.ts';
import { cartJson } from './present.ts';
import { removeBody, setBody } from './schema.ts';
import type { Carts } from './service.ts';
import { wishOf } from './wish.ts';

export function cartApi(carts: Carts): Router<AppState> {
  const router = new Router<AppState>({ prefix: '/api/v1/cart' });
  router.get('/', async (ctx) => {
    ctx.body = cartJson(await carts.read(ctx));
  });
  router.post('/lines', async (ctx) => {
    const wish = wishOf(ctx);
    if (!wish.ok) throw invalid(wish.problems);
    const { sku, quantity, operationId } = wish.value;
    const { cart } = await carts.add(ctx, sku, quantity, operationId);
    ctx.body = cartJson(await carts.price(ctx, cart));
  });
  router.put('/lines/:sku', async (ctx) => {
    const { quantity, operationId } = demand(setBody, bodyOf(ctx));
    const cart = await carts.set(ctx, param(ctx, 'sku'), quantity, operationId);
    ctx.body = cartJson(await carts.price(ctx, cart));
  });
  router.delete('/lines/:sku', async (ctx) => {
    // Some clients cannot send a body with DELETE: the query will do.
    const body = bodyOf(ctx) as { operationId?: unknown } | undefined;
    const { operationId } = demand(removeBody, {
      operationId: body?.operationId ?? ctx.query.operationId,
    });
    const cart = await carts.remove(ctx, param(ctx, 'sku'), operationId);
    ctx.body = cartJson(await carts.price(ctx, cart));
  });
  return router;
}

// The cart for programs. Each change answers with the cart after it, acknowledged; the client's operation id makes
// repeating a request harmless.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import { demand, valid } from '../http/input.ts';
import { bodyOf, param } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import type { Changed } from './cart.ts';
import { cartJson } from './present.ts';
import { removeBody, setBody } from './schema.ts';
import type { Carts } from './service.ts';
import { wishOf } from './wish.ts';

export function cartApi(carts: Carts): Router<AppState> {
  const answer = async (ctx: AppContext, { cart }: Changed): Promise<void> => {
    ctx.body = cartJson(await carts.price(ctx, cart));
  };
  const router = createRouter('/api/v1/cart');
  router.get('/', async (ctx) => {
    ctx.body = cartJson(await carts.read(ctx));
  });
  router.post('/lines', async (ctx) => {
    const { sku, quantity, operationId } = valid(wishOf(ctx));
    const { changed } = await carts.add(ctx, sku, quantity, operationId);
    await answer(ctx, changed);
  });
  router.put('/lines/:sku', async (ctx) => {
    const { quantity, operationId } = demand(setBody, bodyOf(ctx));
    await answer(ctx, await carts.set(ctx, param(ctx, 'sku'), quantity, operationId));
  });
  router.delete('/lines/:sku', async (ctx) => {
    // Some clients cannot send a body with DELETE: the query will do.
    const body = bodyOf(ctx) as { operationId?: unknown } | undefined;
    const { operationId } = demand(removeBody, {
      operationId: body?.operationId ?? ctx.query.operationId,
    });
    await answer(ctx, await carts.remove(ctx, param(ctx, 'sku'), operationId));
  });
  return router;
}

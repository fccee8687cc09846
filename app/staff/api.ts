// What staff do, for programs: behind the same role as the pages.
import type Router from '@koa/router';
import { skuSchema } from '../catalog/schema.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { notFound } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { bodyOf, param } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import { summaryJson } from '../orders/present.ts';
import type { Database } from '../platform/pg.ts';
import { staffOnly } from './access.ts';
import { ordersQuery, staffQuery, statusBody, variantBody } from './schema.ts';
import type { Staff } from './service.ts';

async function edit(ctx: AppContext, staff: Staff): Promise<void> {
  const { stock, seenStock, priceCents } = demand(variantBody, bodyOf(ctx));
  const sku = skuSchema.safeParse(param(ctx, 'sku'));
  if (!sku.success) throw notFound();
  await staff.edit(ctx, {
    sku: sku.data,
    stock: stock ?? null,
    seenStock: seenStock ?? -1,
    priceCents: priceCents ?? null,
  });
  ctx.status = 204;
}

export function staffApi(db: Database, staff: Staff): Router<AppState> {
  const router = createRouter('/api/v1/staff');
  // At each route and not as `router.use`: that is matched by itself, and what it does not match is open to all.
  const guard = staffOnly(db);
  router.get('/variants', guard, async (ctx) => {
    const { q = '', page = '1' } = demand(staffQuery, ctx.query);
    const { rows, hasNext } = await staff.variants(ctx, q, Number(page));
    ctx.body = { items: rows, page: Number(page), hasNext };
  });
  router.patch('/variants/:sku', guard, (ctx) => edit(ctx, staff));
  router.get('/orders', guard, async (ctx) => {
    const { status, page = '1' } = demand(ordersQuery, ctx.query);
    const { rows, hasNext } = await staff.orders(ctx, status ?? null, Number(page));
    ctx.body = { items: rows.map(summaryJson), page: Number(page), hasNext };
  });
  router.patch('/orders/:id', guard, async (ctx) => {
    await staff.move(ctx, param(ctx, 'id'), demand(statusBody, bodyOf(ctx)).status);
    ctx.status = 204;
  });
  return router;
}

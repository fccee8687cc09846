// The pages behind the staff role. A refused change shows the page again with what was typed and why.
import type Router from '@koa/router';
import { isSku } from '../catalog/schema.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { isShopError, notFound } from '../http/errors.ts';
import type { Problems } from '../http/errors.ts';
import { check, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, param, seeOther, viewerOf } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { STATUSES } from '../orders/order.ts';
import type { Status } from '../orders/order.ts';
import { pageNumber } from '../orders/routes.ts';
import type { Database } from '../platform/pg.ts';
import { staffOnly } from './access.ts';
import { hrefOf, ordersModel, productsModel } from './present.ts';
import type { Place, Refused } from './present.ts';
import { statusBody, variantForm } from './schema.ts';
import type { Staff } from './service.ts';

export interface StaffRouteDeps extends Pages {
  readonly db: Database;
  readonly staff: Staff;
}

const LONGEST_QUERY = 80;

function placeOf(ctx: AppContext): Place {
  const { q } = ctx.query;
  return {
    query:
      typeof q === 'string'
        ? q
            .replace(/\p{Cc}/gu, ' ')
            .trim()
            .slice(0, LONGEST_QUERY)
        : '',
    page: pageNumber(ctx),
  };
}

async function showProducts(ctx: AppContext, deps: StaffRouteDeps, refused?: Refused, status = 200) {
  const place = placeOf(ctx);
  const found = await deps.staff.variants(ctx, place.query, place.page);
  const model = productsModel(found, place, viewerOf(ctx, deps), refused);
  deps.page(ctx, 'staff-products', model, { title: sayTo(ctx, 'title.staffProducts'), status });
}

function refusedWith(ctx: AppContext, problems: Problems): Refused {
  const { stock, price } = typed(bodyOf(ctx), ['stock', 'price']);
  /** What the row was shown with is hidden: nobody can mend it but by looking at the row anew. */
  const of = (field: string, seen: string) => [
    ...new Set([...(problems[field] ?? []), ...(problems[seen] ?? [])]),
  ];
  return {
    sku: param(ctx, 'sku'),
    stock,
    price,
    problems: { stock: of('stock', 'seenStock'), price: of('price', 'seenPrice') },
  };
}

async function editVariant(ctx: AppContext, deps: StaffRouteDeps): Promise<void> {
  if (!isSku(param(ctx, 'sku'))) throw notFound();
  const form = check(variantForm, bodyOf(ctx));
  if (!form.ok) return showProducts(ctx, deps, refusedWith(ctx, form.problems), 422);
  const { stock, seenStock, price, seenPrice } = form.value;
  try {
    await deps.staff.edit(ctx, {
      sku: param(ctx, 'sku'),
      stock: stock === seenStock ? null : stock,
      seenStock,
      priceCents: price === seenPrice ? null : price,
    });
  } catch (error) {
    if (!isShopError(error) || error.status !== 409) throw error;
    return showProducts(ctx, deps, refusedWith(ctx, { stock: [error.messageKey] }), 409);
  }
  const place = placeOf(ctx);
  setFlash(ctx, 'success', sayTo(ctx, 'account.saved'));
  seeOther(ctx, hrefOf('/staff/products', { q: place.query }, place.page));
}

function statusOf(ctx: AppContext): Status | null {
  return STATUSES.find((status) => status === ctx.query.status) ?? null;
}

async function showOrders(ctx: AppContext, deps: StaffRouteDeps): Promise<void> {
  const [status, page] = [statusOf(ctx), pageNumber(ctx)];
  const found = await deps.staff.orders(ctx, status, page);
  const model = ordersModel(found, status, page, viewerOf(ctx, deps));
  deps.page(ctx, 'staff-orders', model, { title: sayTo(ctx, 'title.staffOrders') });
}

async function moveOrder(ctx: AppContext, deps: StaffRouteDeps): Promise<void> {
  const form = check(statusBody, bodyOf(ctx));
  try {
    if (!form.ok) setFlash(ctx, 'error', sayTo(ctx, 'problem.status'));
    else {
      await deps.staff.move(ctx, param(ctx, 'id'), form.value.status);
      setFlash(ctx, 'success', sayTo(ctx, 'account.saved'));
    }
  } catch (error) {
    if (!isShopError(error) || error.status !== 409) throw error;
    setFlash(ctx, 'error', sayTo(ctx, error.messageKey));
  }
  seeOther(ctx, hrefOf('/staff/orders', { status: statusOf(ctx) ?? '' }, pageNumber(ctx)));
}

export function staffRoutes(deps: StaffRouteDeps): Router<AppState> {
  const router = createRouter('/staff');
  const guard = staffOnly(deps.db);
  router.get('staff-products', '/products', guard, (ctx) => showProducts(ctx, deps));
  router.post('/products/:sku', guard, (ctx) => editVariant(ctx, deps));
  router.get('staff-orders', '/orders', guard, (ctx) => showOrders(ctx, deps));
  router.post('/orders/:id', guard, (ctx) => moveOrder(ctx, deps));
  return router;
}

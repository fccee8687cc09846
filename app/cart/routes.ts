// Pages and forms of the cart. Each form carries an operation id made with its page; together with what it asks
// for it names one intention, so that a double click adds once and going back to choose another size adds again.
import { randomUUID } from 'node:crypto';
import type Router from '@koa/router';
import { slugOf } from '../catalog/seed-product.ts';
import type { Chosen } from '../catalog/present-product.ts';
import { showProduct } from '../catalog/routes.ts';
import type { CatalogDeps } from '../catalog/routes.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { badRequest, invalid, isShopError } from '../http/errors.ts';
import type { Problems } from '../http/errors.ts';
import { check, demand, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, param, seeOther, viewerOf } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { MAX_QUANTITY } from './cart.ts';
import { cartModel } from './present.ts';
import { removeForm, setForm } from './schema.ts';
import type { Carts } from './service.ts';
import { intention, wishOf } from './wish.ts';

export interface CartRouteDeps extends CatalogDeps {
  readonly carts: Carts;
}

async function showCart(ctx: AppContext, deps: CartRouteDeps): Promise<void> {
  const priced = await deps.carts.read(ctx);
  const model = cartModel(priced, viewerOf(ctx, deps), randomUUID());
  deps.page(ctx, 'cart', model, { title: sayTo(ctx, 'title.cart') });
}

/** What was chosen on the article's page, as far as it can be chosen there. */
function chosenIn(ctx: AppContext): Chosen {
  const { sku, quantity } = typed(bodyOf(ctx), ['sku', 'quantity']);
  const pieces = /^\d{1,2}$/.test(quantity) ? Number(quantity) : 1;
  return { sku, quantity: Math.min(MAX_QUANTITY, Math.max(1, pieces)) };
}

/** The form said nothing usable: its page again, with the first problem. */
async function showRefusedForm(ctx: AppContext, deps: CartRouteDeps, problems: Problems): Promise<void> {
  const [key] = Object.values(problems).flat();
  const page = URL.parse(ctx.get('Referer'));
  const chosen = chosenIn(ctx);
  const slug = /^\/products\/([a-z0-9-]+)$/.exec(page?.pathname ?? '')?.[1] ?? slugOf(chosen.sku);
  if (slug === '' || key === undefined) throw badRequest();
  const colour = page?.searchParams.get('colour') ?? '';
  await showProduct(ctx, deps, slug, { key, status: 422, chosen, colour });
}

/** The article or the cart refused: the article's page again, with the reason. */
async function showRefusal(ctx: AppContext, deps: CartRouteDeps, sku: string, error: unknown): Promise<void> {
  if (!isShopError(error) || (error.status !== 422 && error.status !== 409)) throw error;
  const key = error.problems?.sku?.[0] ?? error.messageKey;
  await showProduct(ctx, deps, slugOf(sku), { key, status: error.status, chosen: chosenIn(ctx), colour: '' });
}

async function add(ctx: AppContext, deps: CartRouteDeps): Promise<void> {
  const wish = wishOf(ctx);
  if (!wish.ok) return showRefusedForm(ctx, deps, wish.problems);
  const { sku, quantity, operationId } = wish.value;
  try {
    const { variant } = await deps.carts.add(ctx, sku, quantity, operationId);
    setFlash(ctx, 'success', sayTo(ctx, 'cart.added', { name: variant.name[ctx.state.language] }));
    seeOther(ctx, '/cart');
  } catch (error) {
    await showRefusal(ctx, deps, sku, error);
  }
}

async function set(ctx: AppContext, deps: CartRouteDeps): Promise<void> {
  const sku = param(ctx, 'sku');
  const form = check(setForm, bodyOf(ctx));
  if (!form.ok) {
    const [key = 'problem.value'] = Object.values(form.problems).flat();
    if ('operationId' in form.problems) throw invalid(form.problems);
    setFlash(ctx, 'error', sayTo(ctx, key));
    seeOther(ctx, '/cart');
    return;
  }
  const { quantity, operationId } = form.value;
  await deps.carts.set(ctx, sku, quantity, intention(operationId, sku, 'set', quantity));
  setFlash(ctx, 'success', sayTo(ctx, 'cart.updated'));
  seeOther(ctx, '/cart');
}

async function remove(ctx: AppContext, deps: CartRouteDeps): Promise<void> {
  const sku = param(ctx, 'sku');
  const { operationId } = demand(removeForm, bodyOf(ctx));
  const variant = await deps.catalog.variant(ctx, sku);
  await deps.carts.remove(ctx, sku, intention(operationId, sku, 'remove'));
  const name = variant?.name[ctx.state.language] ?? sku;
  setFlash(ctx, 'success', sayTo(ctx, 'cart.removed', { name }));
  seeOther(ctx, '/cart');
}

export function cartRoutes(deps: CartRouteDeps): Router<AppState> {
  const router = createRouter();
  router.get('cart', '/cart', (ctx) => showCart(ctx, deps));
  router.post('/cart/lines', (ctx) => add(ctx, deps));
  router.post('/cart/lines/:sku', (ctx) => set(ctx, deps));
  router.post('/cart/lines/:sku/remove', (ctx) => remove(ctx, deps));
  return router;
}

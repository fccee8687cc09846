// The checkout page. A refused attempt shows the form again with what was typed (but for the card) and a new key.
import { randomUUID } from 'node:crypto';
import type Router from '@koa/router';
import type { Carts, PricedCart } from '../cart/service.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { isShopError } from '../http/errors.ts';
import type { Problems, ShopError } from '../http/errors.ts';
import { check, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, seeOther, viewerOf } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import type { Order } from '../orders/order.ts';
import type { KeptForm } from './kept-form.ts';
import { checkoutModel } from './present.ts';
import type { Holds } from './holds.ts';
import type { Prefill } from './prefill.ts';
import { checkoutForm } from './schema.ts';
import type { Checkout } from './service.ts';

export interface CheckoutRouteDeps extends Pages {
  readonly carts: Carts;
  readonly checkout: Checkout;
  readonly prefill: Prefill;
  readonly holds: Holds;
  readonly keptForm: KeptForm;
}

const TYPED = ['email', 'name', 'street', 'postcode', 'city', 'country', 'shipping'] as const;

interface Attempt {
  readonly problems: Problems;
  readonly status: number;
}

/** Unless another address was chosen from the book. */
function keptValues(ctx: AppContext, { keptForm }: CheckoutRouteDeps): Readonly<Record<string, string>> {
  return ctx.query.address === undefined ? keptForm.kept(ctx) : {};
}

/** A form that cannot be shown again now: with what was typed, once the cart is as it should be. */
function backToCart(ctx: AppContext, { keptForm }: CheckoutRouteDeps): void {
  if (ctx.method === 'POST') keptForm.keep(ctx, typed(bodyOf(ctx), TYPED));
  seeOther(ctx, '/cart');
}

async function show(
  ctx: AppContext,
  deps: CheckoutRouteDeps,
  scene: { priced: PricedCart; heldUntil: Date },
  attempt: Attempt | undefined,
): Promise<void> {
  const { values, addresses } = await deps.prefill(ctx);
  const shown = attempt === undefined ? { ...values, ...keptValues(ctx, deps) } : typed(bodyOf(ctx), TYPED);
  const model = checkoutModel({
    ...scene,
    ctx,
    values: { ...shown, cardNumber: '', cardExpiry: '', cardCode: '' },
    problems: attempt?.problems ?? {},
    idempotencyKey: randomUUID(),
    addresses,
    viewer: viewerOf(ctx, deps),
  });
  const status = attempt?.status ?? 200;
  deps.page(ctx, 'checkout', model, { title: sayTo(ctx, 'title.checkout'), status });
}

function confirm(ctx: AppContext, { keptForm }: CheckoutRouteDeps, order: Order): void {
  keptForm.forget(ctx);
  seeOther(ctx, `/orders/${order.id}/confirmation`);
}

/**
 * Whoever sees the form has its pieces held; a cart that cannot be held goes back to its own page, with notes, and an
 * empty one with the reason for which the attempt was refused. When it cannot be held because its shopper has bought the
 * last pieces, and the answer got lost, she is shown that, lest she believes that she has not.
 */
async function showForm(ctx: AppContext, deps: CheckoutRouteDeps, attempt?: Attempt): Promise<void> {
  const priced = await deps.carts.read(ctx);
  const isEmpty = priced.lines.length === 0;
  const heldUntil = isEmpty ? undefined : await deps.holds.hold(ctx, priced.cart);
  if (heldUntil !== undefined) return show(ctx, deps, { priced, heldUntil }, attempt);
  const bought = isEmpty ? undefined : await deps.checkout.ordered(ctx, priced.cart);
  if (bought !== undefined) {
    confirm(ctx, deps, bought);
    return;
  }
  const reason = isEmpty ? attempt?.problems['']?.[0] : 'checkout.stockChanged';
  if (reason !== undefined) setFlash(ctx, 'error', sayTo(ctx, reason));
  backToCart(ctx, deps);
}

async function submit(ctx: AppContext, deps: CheckoutRouteDeps): Promise<void> {
  const form = check(checkoutForm, bodyOf(ctx));
  if (!form.ok) return showForm(ctx, deps, { problems: form.problems, status: 422 });
  const { email, name, street, postcode, city, country, expectedTotalCents, shownShipping } = form.value;
  const result = await deps.checkout.order(ctx, {
    key: form.value.idempotencyKey,
    email,
    address: { name, street, postcode, city, country },
    shipping: form.value.shipping,
    cardNumber: form.value.cardNumber,
    currency: ctx.state.currency,
    expectedTotalCents,
    expectedWithDelivery: shownShipping !== undefined,
    shownShipping: shownShipping ?? 'standard',
  });
  if (result.outcome === 'declined' || result.outcome === 'timeout') {
    const problems = { '': [`checkout.${result.outcome}`] } as const;
    return showForm(ctx, deps, { problems, status: 422 });
  }
  confirm(ctx, deps, result.order);
}

/** What the form shows beside its fields, or above them. */
function attemptOf(error: ShopError): Attempt | undefined {
  const { status, problems, messageKey } = error;
  if (problems !== undefined) return { problems, status };
  return error.code === 'total-changed' ? { problems: { '': [messageKey] }, status } : undefined;
}

/**
 * What changed meanwhile is shown on the form (the total, an attempt that was sent before with other contents) or on the
 * cart (the stock), not as a bare error.
 */
async function submitOrExplain(ctx: AppContext, deps: CheckoutRouteDeps): Promise<void> {
  try {
    await submit(ctx, deps);
  } catch (error) {
    if (!isShopError(error) || (error.status !== 409 && error.status !== 422)) throw error;
    const attempt = attemptOf(error);
    if (attempt !== undefined) return showForm(ctx, deps, attempt);
    setFlash(ctx, 'error', sayTo(ctx, error.messageKey));
    backToCart(ctx, deps);
  }
}

export function checkoutRoutes(deps: CheckoutRouteDeps): Router<AppState> {
  const router = createRouter();
  router.get('checkout', '/checkout', (ctx) => showForm(ctx, deps));
  router.post('/checkout', (ctx) => submitOrExplain(ctx, deps));
  return router;
}

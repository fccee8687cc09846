// What staff can do: look, set stock and prices, move an order on. Every change is one transaction that can be
// repeated, and is refused when the world moved on since the page was shown. Who may is asked before (access.ts).
import type { Announcer } from '../catalog/announcer.ts';
import { slugOf } from '../catalog/seed-product.ts';
import type { AppContext } from '../http/context.ts';
import { conflict, notFound } from '../http/errors.ts';
import type { ShopError } from '../http/errors.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { NEXT } from '../orders/order.ts';
import type { Order, Status } from '../orders/order.ts';
import { findOrder, giveBack, moveOrder } from '../orders/repository.ts';
import type { OrderSummary } from '../orders/repository.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { isUuid } from '../platform/uuid.ts';
import { announceShipping, editVariant, listAllOrders, listVariants, ROWS, stockOf } from './repository.ts';
import type { StaffVariant, VariantEdit } from './repository.ts';

export interface PageOf<T> {
  readonly rows: readonly T[];
  readonly hasNext: boolean;
}

export interface Staff {
  readonly variants: (ctx: AppContext, typed: string, page: number) => Promise<PageOf<StaffVariant>>;
  /** Throws 409 when the stock has moved since it was seen, 404 when there is no such variant. */
  readonly edit: (ctx: AppContext, edit: VariantEdit) => Promise<void>;
  readonly orders: (ctx: AppContext, status: Status | null, page: number) => Promise<PageOf<OrderSummary>>;
  /** Throws 409 when the order cannot go there from where it is. */
  readonly move: (ctx: AppContext, orderId: string, to: Status) => Promise<void>;
}

function pageOf<T>(found: readonly T[]): PageOf<T> {
  return { rows: found.slice(0, ROWS), hasNext: found.length > ROWS };
}

/** Staff look at the primary: they act on what they see. */
function fromPrimary(ctx: AppContext) {
  return onPrimary(ctx.state.deadline);
}

async function change<T>(ctx: AppContext, db: Database, work: (q: Querier) => Promise<T>): Promise<T> {
  const { value, lsn } = await db.transaction(work, ctx.state.deadline);
  rememberWrite(ctx, lsn);
  return value;
}

async function moveOn(q: Querier, order: Order, to: Status): Promise<boolean> {
  if (to === 'cancelled') return giveBack(q, order.id, order.status, to);
  const moved = await moveOrder(q, order.id, order.status, to);
  if (moved && to === 'shipped') await announceShipping(q, order.id);
  return moved;
}

/** Resolves with the articles that got pieces back. */
async function move(ctx: AppContext, db: Database, orderId: string, to: Status): Promise<readonly string[]> {
  if (!isUuid(orderId)) throw notFound();
  const load = () => db.read((q) => findOrder(q, orderId), fromPrimary(ctx));
  const order = await load();
  if (order === undefined) throw notFound();
  const slugs = to === 'cancelled' ? order.lines.map((line) => line.slug) : [];
  if (order.status === to) return slugs;
  if (!NEXT[order.status].includes(to)) throw conflict('status', 'problem.status');
  const moved = await change(ctx, db, (q) => moveOn(q, order, to));
  // Somebody else was quicker, or our own first try was committed and its reply lost.
  if (!moved && (await load())?.status !== to) throw conflict('status', 'problem.status');
  return slugs;
}

/** False when the stock is another one than was seen. */
function edited(ctx: AppContext, db: Database, edit: VariantEdit): Promise<boolean> {
  let mayBeDone = false;
  return change(ctx, db, async (q) => {
    const done = await editVariant(q, edit, mayBeDone);
    // A try that ended before (it waited too long for a lock, say) was never committed, and has left nothing behind.
    if (done) mayBeDone = true;
    return done;
  });
}

/** Why nothing was changed: the stock is not what was seen, or there is no such variant. */
async function notEdited(ctx: AppContext, db: Database, sku: string): Promise<ShopError> {
  const count = await db.read((q) => stockOf(q, sku), fromPrimary(ctx));
  return count === undefined ? notFound() : conflict('stock-moved', 'staff.stockMoved', { count });
}

export function createStaff(db: Database, announcer: Announcer): Staff {
  return {
    variants: async (ctx, typed, page) =>
      pageOf(await db.read((q) => listVariants(q, typed, page), fromPrimary(ctx))),
    edit: async (ctx, edit) => {
      if (!(await edited(ctx, db, edit))) throw await notEdited(ctx, db, edit.sku);
      // Waited for: what staff have saved is what every shopper sees from now on.
      await announcer.tell([slugOf(edit.sku)]);
    },
    orders: async (ctx, status, page) =>
      pageOf(await db.read((q) => listAllOrders(q, status, page), fromPrimary(ctx))),
    move: async (ctx, orderId, to) => announcer.note(await move(ctx, db, orderId, to)),
  };
}

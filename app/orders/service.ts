// Looking at one's orders and cancelling them.
import type { Announcer } from '../catalog/announcer.ts';
import { readOptions } from '../catalog/service.ts';
import type { AppContext } from '../http/context.ts';
import { conflict, notFound, unavailable } from '../http/errors.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import type { Database } from '../platform/pg.ts';
import { isUuid } from '../platform/uuid.ts';
import { requireUser } from '../session/session.ts';
import { isStaff } from '../staff/access.ts';
import { maySee } from './access.ts';
import { NEXT } from './order.ts';
import type { Order } from './order.ts';
import { findOrder, giveBack, listOrders, PAGE_SIZE } from './repository.ts';
import type { OrderSummary } from './repository.ts';

export interface Orders {
  /** Of the logged-in user, newest first. */
  readonly list: (ctx: AppContext, page: number) => Promise<{ orders: OrderSummary[]; hasNext: boolean }>;
  /** Throws 404 for an order this visitor may not see, 503 while nobody can say who this is. */
  readonly find: (ctx: AppContext, id: string) => Promise<Order>;
  /** Throws 409 once it is on its way. */
  readonly cancel: (ctx: AppContext, id: string) => Promise<void>;
}

async function find(ctx: AppContext, db: Database, id: string): Promise<Order> {
  const order = isUuid(id) ? await db.read((q) => findOrder(q, id), readOptions(ctx)) : undefined;
  if (order !== undefined && maySee(ctx, order)) return order;
  // Before the 404, so that neither tells what there is.
  if (ctx.state.sessionUnknown === true) throw unavailable();
  if (order === undefined || !(await isStaff(ctx, db))) throw notFound();
  return order;
}

export function isCancellable(order: Order): boolean {
  return NEXT[order.status].includes('cancelled');
}

export function createOrders(db: Database, announcer: Announcer): Orders {
  return {
    list: async (ctx, page) => {
      const { id } = requireUser(ctx);
      const found = await db.read((q) => listOrders(q, id, page), readOptions(ctx));
      return { orders: found.slice(0, PAGE_SIZE), hasNext: found.length > PAGE_SIZE };
    },
    find: (ctx, id) => find(ctx, db, id),
    cancel: async (ctx, id) => {
      const order = await find(ctx, db, id);
      if (order.status === 'cancelled') return;
      if (!isCancellable(order)) throw conflict('not-cancellable', 'order.notCancellable');
      const { value: done, lsn } = await db.transaction(
        (q) => giveBack(q, id, order.status, 'cancelled'),
        ctx.state.deadline,
      );
      rememberWrite(ctx, lsn);
      announcer.note(order.lines.map((line) => line.slug));
      const now = done ? 'cancelled' : (await find(ctx, db, id)).status;
      if (now !== 'cancelled') throw conflict('not-cancellable', 'order.notCancellable');
    },
  };
}

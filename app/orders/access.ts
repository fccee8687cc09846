// Who may see an order: the account it belongs to, or the browser that placed it as a guest, which remembers the
// ids of its last orders in a signed cookie (and staff: staff/access.ts). Everybody else gets 404, as if it did
// not exist.
import type { AppContext } from '../http/context.ts';
import { noteUnsigned } from '../http/signed-cookie.ts';
import { userIfKnown } from '../session/session.ts';
import type { Order } from './order.ts';

const COOKIE = 'orders';
const KEPT = 5;
const LIFE_MS = 30 * 24 * 3_600_000;

function remembered(ctx: AppContext): string[] {
  noteUnsigned(ctx, COOKIE);
  const value = ctx.cookies.get(COOKIE, { signed: true }) ?? '';
  return value.split('.').filter((id) => id !== '');
}

export function rememberOrder(ctx: AppContext, id: string): void {
  const ids = [id, ...remembered(ctx).filter((other) => other !== id)].slice(0, KEPT);
  ctx.cookies.set(COOKIE, ids.join('.'), {
    maxAge: LIFE_MS,
    sameSite: 'lax',
    httpOnly: true,
    overwrite: true,
    signed: true,
  });
}

/** An account that is gone leaves its orders without a person: they are no guest's. */
function isGuests({ accountId, address }: Order): boolean {
  return accountId === null && address.name !== '';
}

/**
 * An account's order is its browser's only while nobody can say who that is, so that she who has just ordered sees it:
 * after her logout the next visitor of a shared computer could read and cancel it for as long as the cookie lives.
 */
export function maySee(ctx: AppContext, order: Order): boolean {
  const user = userIfKnown(ctx);
  if (user !== null && user.id === order.accountId) return true;
  const isByBrowser = isGuests(order) || ctx.state.sessionUnknown === true;
  return isByBrowser && remembered(ctx).includes(order.id);
}

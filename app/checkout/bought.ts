// What became of a cart, for a strategy that cannot take what was bought out of it: a cookie may come back at any time.
import type { CartLine, CartRequest } from '../cart/cart.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { findBoughtLines } from './repository.ts';

export function boughtFromOrders(db: Database) {
  return async (cartId: string, request: CartRequest): Promise<readonly CartLine[] | undefined> => {
    const options = onPrimary(request.deadline);
    const lines = await db.read((q) => findBoughtLines(q, cartId), options);
    return lines.length === 0 ? undefined : lines.map((line) => ({ ...line, seenPriceCents: 0 }));
  };
}

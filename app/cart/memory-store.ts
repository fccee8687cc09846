// Carts in this process's memory: the strategies `memory` and `sticky`. They are as safe as the pod: what they are here
// to show is what is lost when the next request is answered by another one, or when this one ends.
import { randomUUID } from 'node:crypto';
import { createExpiringMap } from '../platform/expiring-map.ts';
import { CART_LIFE_MS } from './cart.ts';
import type { CartStore, KeptCart } from './cart.ts';
import { applyChange, mergeCarts, NO_CART, withoutBought } from './rules.ts';

/** 12 MB of carts with three lines, 40 MB of full ones (measured): a pod must not die of carts nobody comes back for. */
const MOST_CARTS = 4_000;

export function createMemoryCarts(): CartStore {
  const carts = createExpiringMap<KeptCart>(MOST_CARTS);
  const of = (holder: string): KeptCart => carts.get(holder) ?? NO_CART;
  const keep = (holder: string, cart: KeptCart): void => carts.set(holder, cart, CART_LIFE_MS);

  return {
    read: (holder) => Promise.resolve(of(holder)),
    change: (holder, change, operationId) => {
      const applied = applyChange(of(holder), change, operationId, randomUUID());
      if (applied.outcome === 'changed') keep(holder, applied.cart);
      return Promise.resolve(applied);
    },
    merge: (guest, user) => {
      const merged = mergeCarts(of(guest), of(user), randomUUID());
      if (merged.outcome === 'changed') {
        keep(user, merged.cart);
        carts.delete(guest);
      }
      return Promise.resolve(merged);
    },
    bought: (holder, bought) => {
      const before = of(holder);
      const after = withoutBought(before, bought, randomUUID());
      if (after !== before) keep(holder, after);
      return Promise.resolve();
    },
    remove: (holder) => {
      carts.delete(holder);
      return Promise.resolve();
    },
  };
}

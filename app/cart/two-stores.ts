// Two cart stores as one, while a rolling change from one to the other goes on (see session/two-stores.ts). A cart stays
// where it began; when a guest's and a user's are in different stores, the merge moves line after line, each step
// under an operation id of its own, so that it can stop anywhere and be repeated.
import type { Cart, CartRequest, CartStore, Changed } from './cart.ts';

export function twoCartStores(preferred: CartStore, other: CartStore): CartStore {
  async function homeOf(holder: string, request: CartRequest): Promise<{ store: CartStore; cart: Cart }> {
    const cart = await preferred.read(holder, request);
    if (cart.id !== '') return { store: preferred, cart };
    const elsewhere = await other.read(holder, request);
    return elsewhere.id === '' ? { store: preferred, cart } : { store: other, cart: elsewhere };
  }

  async function move(from: CartStore, guest: string, into: CartStore, user: string, request: CartRequest) {
    const { id, lines } = await from.read(guest, request);
    for (const { sku, quantity, seenPriceCents: priceCents } of lines) {
      // A cart that has twice MAX_LINES takes in no more of them: without an end it could grow for ever.
      const bring = { verb: 'bring', sku, quantity, priceCents } as const;
      await into.change(user, bring, `merge-${id}-${sku}`, request);
      await from.change(guest, { verb: 'remove', sku }, `moved-${id}-${sku}`, request);
    }
    await from.remove(guest, request);
  }

  return {
    read: async (holder, request) => (await homeOf(holder, request)).cart,
    change: async (holder, change, operationId, request) =>
      (await homeOf(holder, request)).store.change(holder, change, operationId, request),
    merge: async (guest, user, request): Promise<Changed> => {
      const [from, into] = await Promise.all([homeOf(guest, request), homeOf(user, request)]);
      if (from.store === into.store) return into.store.merge(guest, user, request);
      if (from.cart.id === '') return { outcome: 'repeated', cart: into.cart };
      // A user who has no cart yet gets it where the guest's is: nothing has to move.
      if (into.cart.id === '') return from.store.merge(guest, user, request);
      await move(from.store, guest, into.store, user, request);
      return { outcome: 'changed', cart: await into.store.read(user, request) };
    },
    bought: async (holder, bought, request) => {
      const { store } = await homeOf(holder, request);
      await store.bought(holder, bought, request);
    },
    remove: async (holder, request) => {
      await preferred.remove(holder, request);
      await other.remove(holder, request);
    },
  };
}

// The rules of a cart as pure functions, for every way of keeping one that has no atomic commands of its own: a pod's
// memory, a cookie, DynamoDB. In Redis the same rules are scripts (redis-scripts.ts).
import { EMPTY_CART, MAX_LINES, MAX_QUANTITY, mostLinesFor } from './cart.ts';
import type { Cart, CartChange, CartLine, ChangeOutcome, KeptCart } from './cart.ts';

export interface Applied {
  readonly outcome: ChangeOutcome;
  readonly cart: KeptCart;
}

export const NO_CART: KeptCart = { ...EMPTY_CART, operations: [] };

const OPERATIONS_KEPT = 32;

/** The lines with one set to `quantity`, in the order of their SKU, so that two reads look alike; 0 removes it. */
function withLine(lines: readonly CartLine[], line: CartLine): CartLine[] {
  const others = lines.filter(({ sku }) => sku !== line.sku);
  const all = line.quantity > 0 ? [...others, line] : others;
  return all.sort((a, b) => (a.sku < b.sku ? -1 : 1));
}

function quantityIn(cart: Cart, sku: string): number {
  return cart.lines.find((line) => line.sku === sku)?.quantity ?? 0;
}

function lineAfter(cart: Cart, change: CartChange): CartLine {
  const { sku } = change;
  if (change.verb === 'remove') return { sku, quantity: 0, seenPriceCents: 0 };
  const before = change.verb === 'set' ? 0 : quantityIn(cart, sku);
  return {
    sku,
    quantity: Math.min(MAX_QUANTITY, before + change.quantity),
    seenPriceCents: change.priceCents,
  };
}

/** `newId` names the cart when it has no name yet. */
export function applyChange(cart: KeptCart, change: CartChange, operationId: string, newId: string): Applied {
  if (cart.operations.includes(operationId)) return { outcome: 'repeated', cart };
  const isNew = change.verb !== 'remove' && quantityIn(cart, change.sku) === 0;
  if (isNew && cart.lines.length >= mostLinesFor(change)) return { outcome: 'full', cart };
  return {
    outcome: 'changed',
    cart: {
      id: cart.id === '' ? newId : cart.id,
      version: cart.version + 1,
      lines: withLine(cart.lines, lineAfter(cart, change)),
      operations: [...cart.operations, operationId].slice(-OPERATIONS_KEPT),
    },
  };
}

/**
 * The user's cart with the guest's lines; 'repeated' when the guest has nothing (any more). What was chosen in two places
 * is not thrown away for being more than MAX_LINES together: it may be, and then nothing can be added before something
 * is taken out. Only a cart that is full already takes in no line that it has not, so that carts cannot grow without end.
 */
export function mergeCarts(guest: KeptCart, user: KeptCart, newId: string): Applied {
  if (guest.lines.length === 0) return { outcome: 'repeated', cart: user };
  const hasRoom = user.lines.length < MAX_LINES;
  const fitting = guest.lines.filter(({ sku }) => hasRoom || quantityIn(user, sku) > 0);
  const lines = fitting.reduce((merged: readonly CartLine[], line) => {
    const quantity = Math.min(MAX_QUANTITY, quantityIn(user, line.sku) + line.quantity);
    return withLine(merged, { ...line, quantity });
  }, user.lines);
  const id = user.id === '' ? newId : user.id;
  return { outcome: 'changed', cart: { ...user, id, version: user.version + 1, lines } };
}

/** The cart without what was bought, under a new id; the same cart when it is not the one that was bought. */
export function withoutBought(cart: KeptCart, bought: Cart, newId: string): KeptCart {
  if (cart.id === '' || cart.id !== bought.id) return cart;
  const lines = cart.lines.flatMap((line) => {
    const quantity = line.quantity - quantityIn(bought, line.sku);
    return quantity > 0 ? [{ ...line, quantity }] : [];
  });
  return { ...cart, id: newId, version: cart.version + 1, lines };
}

// Carts in DynamoDB: one item `cart#<holder>` per cart, changed by the shop's own rules and written only over the
// version they were applied to; whoever comes second applies them again to what the first one left.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { remainingMs } from '../platform/deadline.ts';
import { DynamoUnavailable, nowSeconds } from '../platform/dynamodb.ts';
import type { DynamoTable, Item, ItemKey, Step } from '../platform/dynamodb.ts';
import { retryWithin } from '../platform/retry.ts';
import { CART_LIFE_MS } from './cart.ts';
import type { CartLine, CartRequest, CartStore, KeptCart } from './cart.ts';
import { applyChange, mergeCarts, NO_CART, withoutBought } from './rules.ts';

/** Kept back from the request's time, to still render an answer. */
const RESERVE_MS = 1_000;
const LONGEST_PAUSE_MS = 40;

const keyOf = (holder: string): ItemKey => ({ pk: `cart#${holder}`, sk: '-' });

function cartFrom(item: Item | undefined): KeptCart {
  if (item === undefined) return NO_CART;
  return {
    id: String(item.id),
    version: Number(item.v),
    operations: String(item.ops).split(' ').filter(Boolean),
    lines: JSON.parse(String(item.lines)) as CartLine[],
  };
}

function putOf(holder: string, cart: KeptCart, over: KeptCart): Step {
  const ttl = nowSeconds() + CART_LIFE_MS / 1000;
  const { id, version: v, operations, lines } = cart;
  const put = { ...keyOf(holder), id, v, ops: operations.join(' '), lines: JSON.stringify(lines), ttl };
  return { put, version: over.version };
}

const patience = ({ deadline }: CartRequest): number => remainingMs(deadline) - RESERVE_MS;

async function load(table: DynamoTable, holder: string, request: CartRequest): Promise<KeptCart> {
  return cartFrom(await retryWithin(patience(request), () => table.get(keyOf(holder))));
}

/** Runs `attempt` until it wrote what it wanted; others who were faster only cost another try. */
async function untilWritten<T>(
  table: DynamoTable,
  request: CartRequest,
  attempt: () => Promise<{ readonly result: T; readonly steps: readonly Step[] }>,
): Promise<T> {
  while (patience(request) > 0) {
    const { result, steps } = await attempt();
    const written = await retryWithin(patience(request), () => table.write(...steps));
    if (written.done) return result;
    await sleep(Math.random() * LONGEST_PAUSE_MS);
  }
  throw new DynamoUnavailable('dynamodb: cart: others kept changing it until the time was up');
}

export function createDynamoCarts(table: DynamoTable): CartStore {
  return {
    read: (holder, request) => load(table, holder, request),
    change: (holder, change, operationId, request) =>
      untilWritten(table, request, async () => {
        const before = await load(table, holder, request);
        const result = applyChange(before, change, operationId, randomUUID());
        return { result, steps: result.outcome === 'changed' ? [putOf(holder, result.cart, before)] : [] };
      }),
    merge: (guest, user, request) =>
      untilWritten(table, request, async () => {
        const [from, into] = await Promise.all([load(table, guest, request), load(table, user, request)]);
        const result = mergeCarts(from, into, randomUUID());
        const removal: Step = { remove: keyOf(guest), version: from.version };
        return {
          result,
          steps: result.outcome === 'changed' ? [putOf(user, result.cart, into), removal] : [],
        };
      }),
    bought: (holder, bought, request) =>
      untilWritten(table, request, async () => {
        const before = await load(table, holder, request);
        const after = withoutBought(before, bought, randomUUID());
        return { result: undefined, steps: after === before ? [] : [putOf(holder, after, before)] };
      }),
    remove: async (holder, request) => {
      await retryWithin(patience(request), () => table.write({ remove: keyOf(holder) }));
    },
  };
}

// Carts in Redis. A change is acknowledged once a replica has it, and retried with its operation id inside the
// request's deadline, so a failover of Redis costs a shopper a moment and no article.
import { randomUUID } from 'node:crypto';
import { remainingMs } from '../platform/deadline.ts';
import type { AppRedis } from '../platform/redis.ts';
import { retryWithin } from '../platform/retry.ts';
import type { RedisScript } from '../platform/redis-script.ts';
import { CART_LIFE_MS, EMPTY_CART, MAX_LINES, MAX_QUANTITY } from './cart.ts';
import type { Cart, CartChange, CartLine, Changed, ChangeOutcome, CartStore } from './cart.ts';
import { boughtScript, changeScript, mergeScript, removeScript } from './redis-scripts.ts';

/** Kept back from the request's time, to still render an answer. */
const RESERVE_MS = 1_000;

const keyOf = (holder: string): string => `cart:${holder}`;

function lineFrom(sku: string, value: string): CartLine {
  const [quantity, seenPriceCents] = value.split(':').map(Number);
  return { sku, quantity: quantity ?? 0, seenPriceCents: seenPriceCents ?? 0 };
}

/** Fields of the hash → cart; lines in the order of their SKU, so that two reads look alike. */
export function cartFrom(fields: Readonly<Record<string, string>>): Cart {
  if (fields.id === undefined) return EMPTY_CART;
  const lines = Object.entries(fields)
    .filter(([field]) => field.startsWith('l:'))
    .map(([field, value]) => lineFrom(field.slice(2), value))
    .sort((a, b) => (a.sku < b.sku ? -1 : 1));
  return { id: fields.id, version: Number(fields.v), lines };
}

function changedFrom(reply: unknown): Changed {
  const [outcome, ...flat] = (reply as unknown[]).map(String);
  const fields: Record<string, string> = {};
  for (let at = 0; at + 1 < flat.length; at += 2) fields[flat[at] ?? ''] = flat[at + 1] ?? '';
  return { outcome: outcome as ChangeOutcome, cart: cartFrom(fields) };
}

function argumentsOf(change: CartChange): [string, string, number, number] {
  if (change.verb === 'remove') return [change.verb, change.sku, 0, 0];
  return [change.verb, change.sku, change.quantity, change.priceCents];
}

export function createRedisCarts(redis: AppRedis): CartStore {
  async function acknowledged(
    script: RedisScript,
    holders: readonly string[],
    args: readonly (string | number)[],
    deadline: number,
  ): Promise<unknown> {
    const { reply } = await retryWithin(remainingMs(deadline) - RESERVE_MS, () =>
      redis.durable.change(script, holders.map(keyOf), args),
    );
    return reply;
  }

  return {
    read: async (holder, { deadline }) =>
      cartFrom(
        await retryWithin(remainingMs(deadline) - RESERVE_MS, () =>
          redis.session.use('cart.read', (client) => client.hgetall(keyOf(holder))),
        ),
      ),
    change: async (holder, change, operationId, { deadline }) => {
      const args = [operationId, ...argumentsOf(change), randomUUID(), CART_LIFE_MS, MAX_QUANTITY, MAX_LINES];
      return changedFrom(await acknowledged(changeScript, [holder], args, deadline));
    },
    merge: async (guest, user, { deadline }) => {
      const args = [randomUUID(), CART_LIFE_MS, MAX_QUANTITY];
      return changedFrom(await acknowledged(mergeScript, [guest, user], args, deadline));
    },
    bought: async (holder, bought, { deadline }) => {
      const lines = bought.lines.flatMap((line) => [line.sku, line.quantity]);
      await acknowledged(boughtScript, [holder], [bought.id, randomUUID(), CART_LIFE_MS, ...lines], deadline);
    },
    remove: async (holder, { deadline }) => {
      await acknowledged(removeScript, [holder], [], deadline);
    },
  };
}

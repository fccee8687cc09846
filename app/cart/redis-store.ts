// Cart records in Redis. A change is acknowledged once a replica has it, and is retried under its operation id for as
// long as the caller is patient, so a failover costs a shopper a moment and no article. What happens when patience
// ends is kept-store.ts' business.
import { randomUUID } from 'node:crypto';
import type { AppRedis } from '../platform/redis.ts';
import type { RedisScript } from '../platform/redis-script.ts';
import { retryWithin } from '../platform/retry.ts';
import type { Cart, CartChange, ChangeOutcome } from './cart.ts';
import { boughtOp } from './record-change.ts';
import { hashOf, recordFrom } from './record-hash.ts';
import type { CartRecord } from './record.ts';
import { boughtScript, changeScript, mergeScript, removeScript, replaceScript } from './redis-scripts.ts';

/**
 * `behind`: nothing was done, for the browser has seen a newer cart than the one that is here. `stranger`: nothing was
 * done, for it is not the cart of the session that guards it.
 */
export interface RedisChanged {
  readonly outcome: ChangeOutcome | 'behind' | 'stranger';
  /** The cart as Redis said it (record-text.ts). */
  readonly text: string;
  /** The one that guarded the change, with the pieces that are in the cart now. */
  readonly session?: RedisSession;
}

export interface RedisMerged extends RedisChanged {
  /** What is left of the guest's cart: the same as text, '' when there was none. */
  readonly guest: string;
}

export interface RedisSession {
  readonly version: number;
  /** As the session store wrote it. */
  readonly text: string;
  readonly pieces: number;
}

/** Whose cart it must be, where a change is sent before the session was read. */
export interface Guard {
  /** The session's key. */
  readonly session: string;
  /** In ms since 1970: a session that began earlier is over. */
  readonly notBefore: number;
}

export interface RedisChange {
  readonly change: CartChange;
  readonly operationId: string;
  /** Clock that this browser was acknowledged; 0 when it knows none. */
  readonly seen: number;
  readonly guard?: Guard;
}

/** Each method throws RedisUnavailable when Redis did not acknowledge within `patienceMs`. */
export interface RedisCarts {
  readonly read: (holder: string, patienceMs: number) => Promise<CartRecord>;
  readonly change: (holder: string, change: RedisChange, patienceMs: number) => Promise<RedisChanged>;
  readonly merge: (guest: string, user: string, patienceMs: number) => Promise<RedisMerged>;
  readonly bought: (holder: string, bought: Cart, patienceMs: number) => Promise<RedisChanged>;
  /** Puts `next` in the place of `read`. Resolves with false when the cart has changed since it was read. */
  readonly replace: (
    holder: string,
    read: CartRecord,
    next: CartRecord,
    patienceMs: number,
  ) => Promise<boolean>;
  readonly remove: (holder: string, patienceMs: number) => Promise<void>;
  /** Of many carts at once, each field list as HMGET answers it; for the sweep after a failover. */
  readonly readMany: (holders: readonly string[]) => Promise<CartRecord[]>;
}

const keyOf = (holder: string): string => `cart:${holder}`;

function changedFrom(reply: unknown): RedisChanged {
  if (Array.isArray(reply)) {
    const [version, data, pieces, said] = reply.map(String);
    const session = { version: Number(version), text: data ?? '', pieces: Number(pieces) };
    return { ...changedFrom(said), session };
  }
  const said = String(reply);
  const [outcome = ''] = said.split('\n', 1);
  const text = said.slice(outcome.length + 1);
  return { outcome: outcome as RedisChanged['outcome'], text };
}

function argumentsOf(change: CartChange): [string, string, number, number] {
  if (change.verb === 'remove') return [change.verb, change.sku, 0, 0];
  return [change.verb, change.sku, change.quantity, change.priceCents];
}

async function readMany(redis: AppRedis, holders: readonly string[]): Promise<CartRecord[]> {
  const replies = await redis.session.use('cart.read-many', (client) => {
    const pipeline = client.pipeline();
    for (const holder of holders) pipeline.hgetall(keyOf(holder));
    return pipeline.exec();
  });
  return (replies ?? []).map(([error, fields]) => {
    if (error !== null) throw error;
    return recordFrom(fields as Record<string, string>);
  });
}

type Acknowledged = (
  script: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
  patienceMs: number,
) => Promise<unknown>;

function acknowledgedOn(redis: AppRedis): Acknowledged {
  return async (script, keys, args, patienceMs) => {
    const { reply } = await retryWithin(patienceMs, () => redis.durable.change(script, keys, args));
    return reply;
  };
}

export function createRedisCarts(redis: AppRedis): RedisCarts {
  const acknowledged = acknowledgedOn(redis);
  return {
    read: async (holder, patienceMs) => {
      const fields = await retryWithin(patienceMs, () =>
        redis.session.use('cart.read', (client) => client.hgetall(keyOf(holder))),
      );
      return recordFrom(fields);
    },
    change: async (holder, { change, operationId, seen, guard }, patienceMs) => {
      const args = [operationId, ...argumentsOf(change), randomUUID(), seen];
      const keys = guard === undefined ? [keyOf(holder)] : [keyOf(holder), guard.session];
      const guarding = guard === undefined ? [] : [holder, guard.notBefore];
      return changedFrom(await acknowledged(changeScript, keys, [...args, ...guarding], patienceMs));
    },
    merge: async (guest, user, patienceMs) => {
      const keys = [keyOf(guest), keyOf(user)];
      const ids = [randomUUID(), randomUUID()];
      const [said, left] = (await acknowledged(mergeScript, keys, ids, patienceMs)) as unknown[];
      return { ...changedFrom(said), guest: changedFrom(left).text };
    },
    bought: async (holder, bought, patienceMs) => {
      const lines = bought.lines.flatMap((line) => [line.sku, line.quantity]);
      const args = [bought.id, randomUUID(), boughtOp(bought), ...lines];
      return changedFrom(await acknowledged(boughtScript, [keyOf(holder)], args, patienceMs));
    },
    replace: async (holder, read, next, patienceMs) => {
      const args = [read.version, read.clock, ...hashOf(next)];
      return (await acknowledged(replaceScript, [keyOf(holder)], args, patienceMs)) === 1;
    },
    remove: async (holder, patienceMs) => {
      await acknowledged(removeScript, [keyOf(holder)], [], patienceMs);
    },
    readMany: (holders) => readMany(redis, holders),
  };
}

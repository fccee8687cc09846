// Ledger shoppers directly on the app's Redis edge: the smallest cart that has a cart's promises (one atomic
// script, deduplicated by operation id, acknowledged by a replica), without the shop around it.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppRedis } from '../../app/platform/redis.ts';
import { defineChange, defineScript } from '../../app/platform/redis-script.ts';
import type { LedgerCart } from './ledger.ts';

const body = `
if redis.call('HSETNX', KEYS[2], ARGV[2], 1) == 1 then redis.call('HINCRBY', KEYS[1], ARGV[1], 1) end
return 1`;
const addOne = defineChange('ledger-add', body);
const addWithoutWait = defineScript('ledger-add-unsafe', body);

export interface RedisLedgerOptions {
  /** false = the control case: acknowledged by the master alone, which loses. @default true */
  readonly wait?: boolean;
}

export function redisCarts(redis: AppRedis, count: number, options: RedisLedgerOptions = {}): LedgerCart[] {
  const ledger = `ledger:${randomUUID()}`;
  return Array.from({ length: count }, (_, index) => redisCart(redis, `${ledger}:${index}`, options));
}

function redisCart(redis: AppRedis, key: string, { wait = true }: RedisLedgerOptions): LedgerCart {
  const keys = [key, `${key}:operations`];
  return {
    add: async (sku, operationId) => {
      if (wait) await redis.durable.change(addOne, keys, [sku, operationId]);
      else await redis.session.run(addWithoutWait, keys, [sku, operationId]);
    },
    read: async () => {
      const lines = await patiently(() => redis.session.use('hgetall', (client) => client.hgetall(key)));
      return new Map(Object.entries(lines).map(([sku, quantity]) => [sku, Number(quantity)]));
    },
    forget: async () => {
      await patiently(() => redis.session.use('unlink', (client) => client.unlink(keys)));
    },
  };
}

/** What comes after the fault may have to wait for the last reconnect. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries >= 50) throw error;
    }
    await sleep(100);
  }
}

// What the confirmation by a replica costs a cart change: the shop's own script with WAIT 1 beside the same one without,
// in turns on one local Redis set (three members, three Sentinels), so that whatever else the machine does counts for
// both. Run: node test/load/wait-cost.ts. Prints the ratio of the medians; ends with 1 when it is above the budget.
import { randomUUID } from 'node:crypto';
import { createRedisCarts } from '../../app/cart/redis-store.ts';
import type { RedisCarts } from '../../app/cart/redis-store.ts';
import type { AppRedis } from '../../app/platform/redis.ts';
import { startRedisTier } from '../support/redis-shop.ts';
import { median } from './bench/ratios.ts';

const budget = 1.5;
const rounds = 20;
const changesPerRound = 250;
const patienceMs = 2_000;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** The same edge, on which nobody waits for a replica. */
function withoutWait(redis: AppRedis): AppRedis {
  return {
    ...redis,
    durable: {
      change: (script, keys, args) => redis.durable.change(script, keys, args, { minReplicas: 0 }),
    },
  };
}

/** Milliseconds of each change, one after the other, as one shopper makes them. */
async function timeChanges(carts: RedisCarts): Promise<number[]> {
  const holder = `bench-${randomUUID()}`;
  const change = { verb: 'set', sku: 'shirt', priceCents: 1_000 } as const;
  const times: number[] = [];
  for (let count = 0; count < changesPerRound; count += 1) {
    const wanted = {
      ...{ change: { ...change, quantity: 1 + (count % 9) }, operationId: randomUUID(), seen: 0 },
    };
    const start = performance.now();
    await carts.change(holder, wanted, patienceMs);
    times.push(performance.now() - start);
  }
  return times;
}

async function measure(redis: AppRedis): Promise<number> {
  const waiting = createRedisCarts(redis);
  const hasty = createRedisCarts(withoutWait(redis));
  await timeChanges(waiting);
  await timeChanges(hasty);
  const withWait: number[] = [];
  const without: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    withWait.push(...(await timeChanges(waiting)));
    without.push(...(await timeChanges(hasty)));
  }
  const [slow, quick] = [median(withWait), median(without)];
  print(`a cart change: p50 ${slow.toFixed(3)} ms with WAIT 1, ${quick.toFixed(3)} ms without,`);
  print(`  ${(slow / quick).toFixed(2)} times (budget ${budget}), ${withWait.length} changes each`);
  return slow / quick;
}

const tier = await startRedisTier({ downAfterMs: 3_000 });
try {
  process.exitCode = (await measure(tier.redis)) <= budget ? 0 : 1;
} finally {
  await tier.close();
}

// A program: keeps more sessions and full carts in memory than the stores hold, as a pod of the strategies `memory`
// and `sticky` might after a busy day, and says how many are still there. Run with the flags of app/Dockerfile.
import { randomUUID } from 'node:crypto';
import { MAX_LINES } from '../../app/cart/cart.ts';
import { createMemoryCarts } from '../../app/cart/memory-store.ts';
import { deadlineIn } from '../../app/platform/deadline.ts';
import { createMemorySessions } from '../../app/session/memory-store.ts';

const VISITORS = 60_000;
const FULL_CARTS = 8_000;
const dayMs = 86_400_000;

const carts = createMemoryCarts();
const sessions = createMemorySessions();
const request = { deadline: deadlineIn(dayMs) };

async function fillCart(holder: string): Promise<void> {
  for (let line = 0; line < MAX_LINES; line += 1) {
    const sku = `LINEN-SHIRT-${line}-M`;
    const change = { verb: 'add', sku, quantity: 1, priceCents: 4_900 } as const;
    await carts.change(holder, change, randomUUID(), request);
  }
}

const holders = Array.from({ length: VISITORS }, () => randomUUID());
for (const [at, holder] of holders.entries()) {
  const data = { cart: holder, startedAt: Date.now() };
  await sessions.write(holder, { version: 0, data, lifeMs: dayMs }, 0);
  // More than the heap has room for; filling all of them would only take longer.
  if (at < FULL_CARTS) await fillCart(holder);
}
const kept = await Promise.all(holders.map((holder) => sessions.read(holder, 0)));
const cart = await carts.read(holders[FULL_CARTS - 1] ?? '', request);
process.stdout.write(`${kept.filter(Boolean).length} sessions, ${cart.lines.length} lines\n`);

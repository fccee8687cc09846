// For every route that writes, how to ask it rightly: who asks, for what, with which body. What a route takes away (a
// session, an account, an order) is made anew for each request.
import { randomUUID } from 'node:crypto';
import { account, addresses } from './fuzz-account-routes.ts';
import { nothing } from './fuzz-world.ts';
import type { Ask, Asked, Examples, World } from './fuzz-world.ts';
import { orderOf } from './shop-client.ts';
import type { ShopClient } from './shop-client.ts';

async function withCart({ shop, sku }: World): Promise<ShopClient> {
  const client = shop.client();
  await client.add(sku, 2);
  return client;
}

async function ordered(world: World): Promise<{ client: ShopClient; id: string }> {
  const client = await withCart(world);
  const { body } = await client.order();
  return { client, id: body.id };
}

const operation = () => ({ operationId: randomUUID() });

const cart: Examples = {
  'POST /cart/lines': ({ shop, sku }) =>
    Promise.resolve({ ...nothing, client: shop.client(), body: { sku, quantity: '1', ...operation() } }),
  'POST /api/v1/cart/lines': ({ shop, sku }) =>
    Promise.resolve({ ...nothing, client: shop.client(), body: { sku, quantity: 1, ...operation() } }),
  'POST /cart/lines/:sku': async (world) => {
    const client = await withCart(world);
    return { ...nothing, client, params: { sku: world.sku }, body: { quantity: '3', ...operation() } };
  },
  'PUT /api/v1/cart/lines/:sku': async (world) => {
    const client = await withCart(world);
    return { ...nothing, client, params: { sku: world.sku }, body: { quantity: 3, ...operation() } };
  },
  ...Object.fromEntries(
    ['POST /cart/lines/:sku/remove', 'DELETE /api/v1/cart/lines/:sku'].map((route): [string, Ask] => [
      route,
      async (world) => {
        const client = await withCart(world);
        return { ...nothing, client, params: { sku: world.sku }, body: operation() };
      },
    ]),
  ),
};

async function checkout(world: World): Promise<Asked> {
  const client = await withCart(world);
  const { totalCents } = (await client.cart()).body;
  const { address: to, payment, ...rest } = orderOf(totalCents) as Record<string, object>;
  const body = { ...rest, ...to, ...payment, idempotencyKey: randomUUID() };
  return { ...nothing, client, body };
}

async function order(world: World): Promise<Asked> {
  const client = await withCart(world);
  const body = orderOf((await client.cart()).body.totalCents);
  return { ...nothing, client, body, headers: { 'idempotency-key': randomUUID() } };
}

async function cancel(world: World): Promise<Asked> {
  const { client, id } = await ordered(world);
  return { ...nothing, client, params: { id } };
}

const orders: Examples = {
  'POST /checkout': checkout,
  'POST /api/v1/orders': order,
  'POST /orders/:id/cancel': cancel,
  'POST /api/v1/orders/:id/cancel': cancel,
};

async function seen({ shop, staffSku }: World): Promise<{ stock: number; cents: number }> {
  const [row] = await shop.query<{ stock: number; cents: number }>(
    'SELECT stock, price_cents AS cents FROM variant WHERE sku = $1',
    [staffSku],
  );
  return row ?? { stock: -1, cents: -1 };
}

async function move(world: World): Promise<Asked> {
  const { id } = await ordered(world);
  return { ...nothing, client: world.staff, params: { id }, body: { status: 'shipped' } };
}

const staff: Examples = {
  'POST /staff/products/:sku': async (world) => {
    const { stock, cents } = await seen(world);
    const [seenStock, seenPrice] = [String(stock), (cents / 100).toFixed(2)];
    const body = { stock: String(stock - 1), seenStock, price: '49.90', seenPrice };
    return { ...nothing, client: world.staff, params: { sku: world.staffSku }, body };
  },
  'PATCH /api/v1/staff/variants/:sku': async (world) => {
    const { stock } = await seen(world);
    const body = { stock: stock - 1, seenStock: stock, priceCents: 4_990 };
    return { ...nothing, client: world.staff, params: { sku: world.staffSku }, body };
  },
  'POST /staff/orders/:id': move,
  'PATCH /api/v1/staff/orders/:id': move,
};

/** By method and pattern. */
export const EXAMPLES: Examples = { ...cart, ...orders, ...account, ...addresses, ...staff };

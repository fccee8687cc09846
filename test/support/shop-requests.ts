// Requests to the shop, at a steady pace and without a pause for answers: pages that read and orders that write. Each
// that is not answered as it should be is a failed request.
import type { Requests } from './chaos.ts';
import { startLoad } from './load.ts';
import { queryMember } from './database.ts';
import { healthyPostgres } from './postgres-cluster.ts';
import { anyVariant, shopClient } from './shop-client.ts';

const perSecond = 6;
/** Of so many requests one is an order. */
const orderEvery = 3;
/** More than the orders of one run take. */
const enoughStock = 1000;

export async function startShopRequests(): Promise<Requests> {
  const { sku } = await anyVariant(shopClient());
  await queryMember(
    await healthyPostgres(),
    `UPDATE variant SET stock = greatest(stock, ${enoughStock}) WHERE sku = '${sku}'`,
  );
  const load = startLoad({
    perSecond,
    request: (sequence) => (sequence % orderEvery === 0 ? order(sku) : read()),
  });
  return {
    stop: async () => (await load.stop()).failures.map(({ atMs, reason }) => `${reason} at ${atMs} ms`),
  };
}

async function read(): Promise<string> {
  const { status, pod } = await shopClient().products();
  if (status !== 200) throw new Error(`GET products: ${status}`);
  return pod;
}

async function order(sku: string): Promise<string> {
  const client = shopClient();
  const added = await client.add(sku);
  if (added.status !== 200) throw new Error(`add to the cart: ${added.status}`);
  const { status, pod } = await client.order({ expectedTotalCents: added.body.totalCents });
  if (status !== 201) throw new Error(`order: ${status}`);
  return pod;
}

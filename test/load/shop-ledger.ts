// Ledger shoppers at the shop's own JSON API, through the ingress, as browsers come. The cart's version counts its
// changes: below the number of acknowledgements something was lost, above it something was applied twice.
import { expect } from 'chai';
import { eventually } from '../support/eventually.ts';
import { anyVariant, shopClient } from '../support/shop-client.ts';
import type { Cart } from '../support/shop-client.ts';
import { timeouts } from '../support/timeouts.ts';
import { startLedger } from './ledger.ts';
import type { Ledger, LedgerCart } from './ledger.ts';

const changes = 'changes';
/** Quantities a line goes through, in turn: small, so that stock never refuses one. */
const highest = 5;

/** Starts `count` shoppers, each with a session and a cart of her own. */
export async function startShopLedger(count: number, baseUrl?: string): Promise<Ledger> {
  const { sku } = await anyVariant(shopClient(baseUrl), highest);
  const carts = await Promise.all(Array.from({ length: count }, () => openCart(sku, baseUrl)));
  return startLedger(carts, { skus: [changes], paceMs: 25, retryMs: 25 });
}

async function openCart(sku: string, baseUrl?: string): Promise<LedgerCart> {
  const client = shopClient(baseUrl);
  // The first change makes session and cart; it is not part of the ledger.
  const first = await client.add(sku);
  expect(first.status, 'first change of a cart').to.equal(200);
  const { version } = first.body;
  let quantity = 1;
  return {
    add: async (_changes, operationId) => {
      const wanted = (quantity % highest) + 1;
      const path = `/api/v1/cart/lines/${encodeURIComponent(sku)}`;
      const answer = await client.request<Cart>('PUT', path, { quantity: wanted, operationId });
      if (answer.status !== 200) throw new Error(`PUT ${path}: ${answer.status}`);
      quantity = wanted;
    },
    view: async () => {
      const { status, body } = await client.cart();
      if (status !== 200) throw new Error(`GET /api/v1/cart: ${status}`);
      return new Map([[changes, body.version - version]]);
    },
    read: async () => {
      const { body } = await eventually(
        async () => {
          const answer = await client.cart();
          expect(answer.status).to.equal(200);
          return answer;
        },
        { withinMs: timeouts.steadyStateMs },
      );
      const line = body.lines.find((each) => each.sku === sku);
      expect(line?.quantity, 'quantity of the last acknowledged change').to.equal(quantity);
      return new Map([[changes, body.version - version]]);
    },
  };
}

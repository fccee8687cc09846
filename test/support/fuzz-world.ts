// Whom the fuzz sends its requests as, and what a right request is made of.
import type { Fields } from './fuzz-bodies.ts';
import { newEmail } from './shop-client.ts';
import type { Order, ShopClient } from './shop-client.ts';
import type { TestShop } from './shop.ts';

export interface Asked extends Fields {
  readonly client: ShopClient;
}

export interface World {
  readonly shop: TestShop;
  /** In stock, and never touched by staff: the law of stock is held against it. */
  readonly sku: string;
  readonly staffSku: string;
  readonly staff: ShopClient;
  /** A customer who changes her data but never her password. */
  readonly customer: ShopClient;
  readonly customerPassword: string;
  /** Can log in all the time. */
  readonly known: Login;
}

export interface Login {
  readonly email: string;
  readonly password: string;
}

export type Ask = (world: World) => Promise<Asked>;
/** By method and pattern. */
export type Examples = Readonly<Record<string, Ask>>;

export const nothing = { params: {}, headers: {}, body: {} };
const password = 'a long enough password';

export async function newCustomer(shop: TestShop): Promise<Login & { readonly client: ShopClient }> {
  const [client, email] = [shop.client(), newEmail()];
  await client.register({ email, password, name: 'Ada' });
  return { client, email, password };
}

/** For the pages that show an order. */
export async function anOrderOf(client: ShopClient, sku: string): Promise<Order> {
  await client.add(sku);
  return (await client.order()).body;
}

// The last step of a deployment: a cart is filled through the load balancer. Pages come from Postgres' replicas
// alone; this one call needs the app, the master Redis and a replica that acknowledges, and says so when one is missing.
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';

const requestMs = 5000;
const pollMs = 1000;

interface Listing {
  readonly items: readonly { readonly slug: string; readonly inStock: boolean }[];
}
interface Product {
  readonly variants: readonly { readonly sku: string; readonly stock: number }[];
}

/** Throws when no cart change is acknowledged within the deadline; leaves a guest's cart that expires by itself. */
export async function proveCart(url: string, deadlineMs: number): Promise<void> {
  const until = performance.now() + deadlineMs;
  const operationId = randomUUID();
  let last = 'was not tried';
  while (performance.now() < until) {
    last = await addToCart(url, operationId).catch((error: unknown) => (error as Error).message);
    if (last === '') return;
    await sleep(pollMs);
  }
  throw new Error(`${url} shows its pages, but no cart can be filled after ${deadlineMs / 1000} s: ${last}`);
}

/** Empty when it was acknowledged, else what was answered instead. */
async function addToCart(url: string, operationId: string): Promise<string> {
  const sku = await somethingInStock(url);
  const response = await fetch(`${url}/api/v1/cart/lines`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sku, quantity: 1, operationId }),
    signal: AbortSignal.timeout(requestMs),
  });
  const answer = await response.text();
  return response.status === 200 ? '' : `answered ${response.status}: ${answer.slice(0, 200)}`;
}

async function somethingInStock(url: string): Promise<string> {
  const { items } = await get<Listing>(`${url}/api/v1/products`);
  const product = items.find(({ inStock }) => inStock);
  if (!product) throw new Error('no product is in stock');
  const { variants } = await get<Product>(`${url}/api/v1/products/${product.slug}`);
  const variant = variants.find(({ stock }) => stock > 0);
  if (!variant) throw new Error(`${product.slug} is in stock in no variant`);
  return variant.sku;
}

async function get<T>(url: string): Promise<T> {
  const response = await fetch(url, { signal: AbortSignal.timeout(requestMs) });
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return (await response.json()) as T;
}

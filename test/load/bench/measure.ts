// One measurement: a kept load generator asks one server for one page for some seconds. A page that answers anything
// but what it should makes the measurement void, not fast.
import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';
import { KNOWN_OPS } from '../../../app/cart/record.ts';
import type { BenchPage } from './pages.ts';
import type { Sample } from './ratios.ts';

export interface Target {
  readonly url: string;
  /** Cookies of guests with a cart on this server, one per connection. */
  readonly guests: readonly string[];
}

export const connections = 32;
const form = 'application/x-www-form-urlencoded';

/** The fields of the form on the page of an article. */
export function addForm(sku: string): string {
  return new URLSearchParams({ sku, quantity: '1', operationId: randomUUID() }).toString();
}

/** Twice as many as a cart remembers operations: a form that comes again is a new one. */
const forms = 2 * KNOWN_OPS;

/** What one connection asks for, again and again: one shopper, whose next request waits for the answer. */
function requestsOf(page: BenchPage, sku: string, cookie: string): autocannon.Request[] {
  if (page.visitor === 'new') return [{ method: 'GET', path: page.path }];
  if (page.visitor === 'guest') return [{ method: 'GET', path: page.path, headers: { cookie } }];
  const headers = { cookie, 'content-type': form };
  return Array.from({ length: forms }, () => ({
    method: 'POST' as const,
    path: page.path,
    headers,
    body: addForm(sku),
  }));
}

/** Asks `target` for the page for `seconds`. Throws when an answer is not what the page answers when it is well. */
export async function measure(
  target: Target,
  page: BenchPage,
  sku: string,
  seconds: number,
): Promise<Sample> {
  const requests = target.guests.map((cookie) => requestsOf(page, sku, cookie));
  let turn = 0;
  const result = await autocannon({
    url: target.url,
    connections,
    duration: seconds,
    timeout: 10,
    // Written out once, not for each sending: the generator works on the same cores as what it measures.
    setupClient: (client) => client.setRequests(requests[turn++ % requests.length] ?? []),
  });
  const expected = page.visitor === 'adding' ? '303' : '200';
  const others = Object.keys(result.statusCodeStats ?? {}).filter((status) => status !== expected);
  if (others.length > 0 || result.errors > 0 || result.timeouts > 0) {
    const seen = JSON.stringify(result.statusCodeStats);
    throw new Error(`bench: ${page.page} on ${target.url}: answers ${seen}, ${result.errors} errors`);
  }
  return { rps: result.requests.average, p50Ms: result.latency.p50, p99Ms: result.latency.p99 };
}

// What every route must do whatever it is for: carry the headers, refuse other sites, answer bad input with the right
// status as a page and as problem+json. The routes come from the app itself, so a new one is tested from its first day.
import { connect } from 'node:net';
import { expect } from 'chai';
import type { Route } from '../../../app/http/route-table.ts';
import { eventually } from '../../support/eventually.ts';
import { anyVariant, cookiesIn, newEmail } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const pathOf = ({ path }: Route): string => path.replaceAll(/:\w+/g, '00000000-0000-4000-8000-000000000000');
const isSafe = ({ method }: Route): boolean => method === 'GET';
const form = 'application/x-www-form-urlencoded';

describe('every route', function () {
  this.timeout(timeouts.e2eTestMs);
  let shop: TestShop;
  before(async () => {
    shop = await startShop();
  });
  after(() => shop.close());

  const send = (route: Route, init: RequestInit = {}): Promise<Response> =>
    fetch(shop.url + pathOf(route), { method: route.method, redirect: 'manual', ...init });

  async function refusals(): Promise<number> {
    const text = await (await fetch(`${shop.opsUrl}/metrics`)).text();
    return Number(/^shop_refused_total\{reason="tampered-cookie"\} (\d+)/m.exec(text)?.[1] ?? 0);
  }

  it('is known to these tests', () => {
    const names = shop.routes.map(({ method, path }) => `${method} ${path}`);
    expect(names).to.include.members(['GET /', 'POST /login', 'POST /checkout', 'POST /api/v1/orders']);
  });

  it('carries a policy without inline code, and the headers that keep browsers from guessing', async () => {
    for (const route of shop.routes) {
      const { headers } = await send(route);
      const policy = headers.get('content-security-policy') ?? '';
      const name = `${route.method} ${route.path}`;
      expect(policy, name).to.include("default-src 'none'").and.to.include("frame-ancestors 'none'");
      expect(policy, name).to.not.match(/unsafe|\*|https?:/);
      expect(headers.get('x-content-type-options'), name).to.equal('nosniff');
      expect(headers.get('referrer-policy'), name).to.equal('same-origin');
      expect(headers.get('x-request-id'), name).to.match(/^[\w-]{8,64}$/);
      expect(headers.get('x-powered-by'), name).to.equal(null);
    }
  });

  it('says who may keep the answer, and no cache in between what may be somebody’s own', async () => {
    const client = shop.client();
    await client.register({ email: newEmail(), password: 'a long enough password', name: 'Ada' });
    for (const route of shop.routes.filter(isSafe)) {
      const { headers } = await client.request(route.method, pathOf(route));
      expect(headers.get('cache-control'), route.path).to.match(/no-store|private/);
    }
  });

  it('sends no inline script, style or handler that the policy would have to allow', async () => {
    for (const route of shop.routes.filter(isSafe)) {
      const html = await (await send(route)).text();
      expect(html, route.path).to.not.match(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:/i);
    }
  });

  it('acts on no form and no call that another site sent', async () => {
    const foreign = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const route of shop.routes.filter((one) => !isSafe(one))) {
      for (const headers of foreign) {
        const answer = await send(route, { headers });
        expect(answer.status, `${route.method} ${route.path} ${JSON.stringify(headers)}`).to.equal(403);
        expect(answer.headers.getSetCookie(), route.path).to.deep.equal([]);
        await answer.body?.cancel();
      }
    }
  });

  it('takes the forms of its own pages', async () => {
    const headers = { 'sec-fetch-site': 'same-origin', 'content-type': form };
    const body = new URLSearchParams({ name: 'Ada', email: newEmail(), password: 'a long enough password' });
    const answer = await fetch(`${shop.url}/register`, { method: 'POST', headers, body, redirect: 'manual' });
    expect(answer.status).to.equal(303);
  });

  it('gives cookies that scripts cannot read and other sites cannot send', async () => {
    const email = newEmail();
    const client = shop.client();
    const registered = await client.register({ name: 'Ada', email, password: 'a long enough password' });
    const product = await client.request('GET', '/products/linen-shirt');
    const cookies = [...registered.headers.getSetCookie(), ...product.headers.getSetCookie()];
    expect(cookies).to.not.have.length(0);
    for (const cookie of cookies) {
      expect(cookie).to.match(/httponly/i);
      expect(cookie).to.match(/samesite=lax/i);
    }
  });

  it('answers what is too large with 413, as a page and as problem+json', async () => {
    const body = `name=${'x'.repeat(200_000)}`;
    for (const route of shop.routes.filter((one) => !isSafe(one))) {
      const answer = await send(route, { headers: { 'content-type': form }, body });
      const name = `${route.method} ${route.path}`;
      expect(answer.status, name).to.equal(413);
      const kind = route.path.startsWith('/api/') ? 'application/problem+json' : 'text/html';
      expect(answer.headers.get('content-type'), name).to.include(kind);
      await answer.body?.cancel();
    }
  });

  it('answers an unknown address with 404, as a page and as problem+json', async () => {
    const page = await fetch(`${shop.url}/nowhere`);
    const api = await fetch(`${shop.url}/api/v1/nowhere`);
    expect([page.status, api.status]).to.deep.equal([404, 404]);
    expect(page.headers.get('content-type')).to.include('text/html');
    expect(await api.json()).to.include({ status: 404, code: 'not-found' });
  });

  it('ignores a cookie that was tampered with, and counts it', async () => {
    const client = shop.client();
    await client.register({ name: 'Ada', email: newEmail(), password: 'a long enough password' });
    const before = await refusals();
    const forged = { cookie: `sid=${'A'.repeat(43)}; sid.sig=${'B'.repeat(27)}` };
    const answer = await fetch(`${shop.url}/account`, { headers: forged, redirect: 'manual' });
    expect(answer.status).to.equal(303);
    expect(answer.headers.get('location')).to.include('/login');
    expect(await refusals()).to.equal(before + 1);
  });

  it('counts a session and a ticket that come without any signature', async () => {
    const before = await refusals();
    const bare = { cookie: `sid=${'A'.repeat(43)}; cart=g-somebody.7.1` };
    const answer = await fetch(`${shop.url}/api/v1/cart`, { headers: bare });
    expect(await answer.json()).to.deep.include({ lines: [] });
    expect(await refusals()).to.equal(before + 2);
  });

  it('counts orders that were remembered and a form that was kept, but not by us', async () => {
    const client = shop.client();
    const own = cookiesIn(await client.add((await anyVariant(client)).sku));
    const { id } = (await client.order()).body;
    const before = await refusals();
    const page = (path: string, made: string) =>
      fetch(shop.url + path, { headers: { cookie: [own, made].join('; ') }, redirect: 'manual' });
    expect((await page(`/orders/${id}`, `orders=${id}`)).status).to.equal(404);
    expect(await refusals()).to.equal(before + 1);
    await client.add((await anyVariant(client)).sku);
    expect((await page('/checkout', `typed=${'A'.repeat(60)}`)).status).to.equal(200);
    expect(await refusals()).to.equal(before + 2);
  });

  it('answers headers that are too large with 431', async () => {
    const answer = await fetch(shop.url, { headers: { cookie: 'x'.repeat(20_000) } });
    expect(answer.status).to.equal(431);
  });

  it('ends a client that never finishes its headers', async () => {
    const socket = connect(Number(new URL(shop.url).port), '127.0.0.1');
    try {
      let text = '';
      let ended = false;
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', () => (ended = true));
      socket.write('GET / HTTP/1.1\r\nHost: shop\r\nX-Slow: ');
      await eventually(() => expect(ended && text.includes('408')).to.equal(true), { withinMs: 30_000 });
    } finally {
      socket.destroy();
    }
  });
});

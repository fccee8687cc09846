// A whole answer is given again to who brings no cookie, and to nobody else; it goes with time and with every change.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { AppContext, AppState } from '../../../app/http/context.ts';
import { newcomersMiddleware } from '../../../app/http/middleware/newcomers.ts';
import { piecesMiddleware, setPieces } from '../../../app/http/middleware/pieces.ts';
import { identifyMiddleware } from '../../../app/http/middleware/request.ts';
import { createPageCache } from '../../../app/http/page-cache.ts';

describe('answers for visitors without a cookie', () => {
  let server: Server;
  let url: string;
  let made: number;
  let edition: number | null;
  let answer: (ctx: AppContext) => void;
  let nowMs = 0;

  const pages = createPageCache(10_000);
  const shirt = {};

  /** As a page of the shop answers. */
  function showShirt(ctx: AppContext): void {
    const page = pages.get(
      [shirt],
      ctx.url,
      ({ requestId, operationId }) => `shirt ${requestId} ${operationId}`,
    );
    ctx.state.keptPage = page;
    ctx.set('Content-Type', 'text/html; charset=utf-8');
    ctx.set('Set-Cookie', 'seen=shirt; path=/');
    setPieces(ctx, page.text({ requestId: ctx.state.requestId, operationId: 'o' }));
  }

  before(async () => {
    const app = new Koa<AppState>();
    let requests = 0;
    app.use(async (ctx, next) => {
      const requestId = `r-${(requests += 1)}`;
      ctx.state = { requestId, identity: ['X-Request-Id', requestId] as readonly string[] } as AppState;
      await next();
    });
    const read = { hit: () => undefined, miss: () => undefined };
    const settings = { edition: () => edition, read, nowMs: () => nowMs };
    app.use(newcomersMiddleware(settings));
    app.use(identifyMiddleware);
    app.use(piecesMiddleware);
    app.use((ctx) => {
      made += 1;
      answer(ctx);
    });
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  beforeEach(() => {
    // Nothing of the test before is kept any more.
    nowMs += 1_000;
    edition = 1;
    made = 0;
    answer = showShirt;
  });

  async function ask(path = '/shirt', headers: Record<string, string> = {}) {
    const got = await fetch(url + path, { headers });
    return { headers: got.headers, text: await got.text() };
  }

  it('are made once, and are each request’s own where it counts', async () => {
    const [first, second] = [await ask(), await ask()];
    expect(made).to.equal(1);
    expect(second.headers.get('set-cookie')).to.equal('seen=shirt; path=/');
    expect(second.headers.get('content-type')).to.equal('text/html; charset=utf-8');
    expect(second.headers.get('x-request-id')).not.to.equal(first.headers.get('x-request-id'));
    const [, requestId, operationId] = second.text.split(' ');
    expect(requestId).to.equal(second.headers.get('x-request-id'));
    expect(operationId).to.match(/^[\w-]{36}$/);
    expect((await ask()).text.split(' ')[2]).not.to.equal(operationId);
  });

  it('are made for each language and each page', async () => {
    await ask('/shirt', { 'accept-language': 'en' });
    await ask('/shirt', { 'accept-language': 'de' });
    await ask('/socks', { 'accept-language': 'de' });
    expect(made).to.equal(3);
  });

  it('are neither given to who brings a cookie nor made of what is answered to them', async () => {
    await ask('/shirt', { cookie: 'seen=socks' });
    await ask();
    await ask('/shirt', { cookie: 'sid=1' });
    expect(made).to.equal(3);
  });

  it('are not kept when they say more than the page', async () => {
    answer = (ctx) => {
      showShirt(ctx);
      ctx.append('Set-Cookie', 'sid=1; path=/');
    };
    await ask();
    await ask();
    expect(made).to.equal(2);
  });

  it('are not kept when they are no page for everybody', async () => {
    answer = (ctx) => {
      ctx.body = 'yours';
    };
    await ask();
    await ask();
    expect(made).to.equal(2);
  });

  it('are made anew after a change of the catalogue', async () => {
    await ask();
    edition = 2;
    await ask();
    expect(made).to.equal(2);
  });

  it('are made anew after half a second', async () => {
    await ask();
    nowMs += 499;
    await ask();
    expect(made).to.equal(1);
    nowMs += 1;
    await ask();
    expect(made).to.equal(2);
  });

  it('are not kept while nobody tells of changes', async () => {
    edition = null;
    await ask();
    await ask();
    expect(made).to.equal(2);
  });
});

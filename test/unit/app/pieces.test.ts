// A body in pieces arrives whole, and an error behind it has the last word.
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import Koa from 'koa';
import type { AppContext, AppState } from '../../../app/http/context.ts';
import { unavailable } from '../../../app/http/errors.ts';
import { errorsMiddleware } from '../../../app/http/middleware/errors.ts';
import { piecesMiddleware, setPieces } from '../../../app/http/middleware/pieces.ts';

const log = { error: () => undefined } as unknown as AppState['log'];

describe('a body in pieces', () => {
  let server: Server | undefined;

  afterEach(() => server?.close());

  async function answerOf(handler: (ctx: AppContext) => void): Promise<Response> {
    const app = new Koa<AppState>();
    app.use(piecesMiddleware);
    app.use(async (ctx, next) => {
      ctx.state = { requestId: 'r-1', language: 'en', log } as AppState;
      await next();
    });
    app.use(
      errorsMiddleware(
        (ctx, _view, _model, { title }) => {
          ctx.body = `<h1>${title}</h1>`;
        },
        (_ctx, next) => next(),
      ),
    );
    app.use(handler);
    server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  it('arrives whole, with its length and the headers that were set behind it', async () => {
    const answer = await answerOf((ctx) => {
      setPieces(
        ctx,
        ['shirts, ', 'socks ', '& scarves: 5 €'].map((text) => Buffer.from(text)),
      );
      ctx.set('X-Behind', 'yes');
    });
    expect(await answer.text()).to.equal('shirts, socks & scarves: 5 €');
    expect(answer.headers.get('content-length')).to.equal('30');
    expect(answer.headers.get('x-behind')).to.equal('yes');
  });

  it('arrives whole, whichever of the pieces are long', async () => {
    const [long, short] = ['shirt '.repeat(400), 'sock '];
    for (const texts of [[long], [short, long], [long, short, short], [short, short, long, short, long]]) {
      const answer = await answerOf((ctx) => {
        const pieces = texts.map((text) => Buffer.from(text));
        setPieces(ctx, pieces);
      });
      expect(await answer.text()).to.equal(texts.join(''));
      server?.close();
    }
  });

  it('is replaced by the page of an error behind it, which is not said to be gzipped', async () => {
    const answer = await answerOf((ctx) => {
      ctx.set('Content-Encoding', 'gzip');
      ctx.set('ETag', '"of-the-page"');
      setPieces(ctx, [gzipSync('shirts')]);
      throw unavailable();
    });
    expect(answer.status).to.equal(503);
    expect(answer.headers.get('content-encoding')).to.equal(null);
    expect(answer.headers.get('etag')).to.equal(null);
    expect(await answer.text()).to.match(/^<h1>.*<\/h1>$/);
  });
});

// What cannot be read or does not exist is told as a problem, never as a fault of ours: unreadable bodies, methods
// that a path does not have.
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import Koa from 'koa';
import supertest from 'supertest';
import { readBody } from '../../../app/http/body.ts';
import type { AppState } from '../../../app/http/context.ts';
import { createRouter } from '../../../app/http/router.ts';
import { forbidden, tooMany, unavailable } from '../../../app/http/errors.ts';
import { bodyOf } from '../../../app/http/pages.ts';
import { errorsMiddleware } from '../../../app/http/middleware/errors.ts';
import { refuseOtherMethods } from '../../../app/http/methods.ts';
import type { ViewModels } from '../../../app/http/view-models.ts';

function api() {
  const app = new Koa<AppState>();
  app.use(async (ctx, next) => {
    Object.assign(ctx.state, {
      isApi: true,
      language: 'en',
      requestId: 'r',
      log: { error: () => undefined },
    });
    await next();
  });
  const body = readBody({ limit: '1kb' });
  app.use(errorsMiddleware(() => undefined, body));
  app.use(body);
  const router = createRouter();
  router.get('/things/:id', (ctx) => (ctx.body = {}));
  router.put('/things/:id', (ctx) => (ctx.body = { got: bodyOf(ctx) }));
  app.use(router.routes());
  app.use(refuseOtherMethods());
  return supertest(app.callback());
}

describe('a body that cannot be read', () => {
  const put = () => api().put('/things/1').set('content-type', 'application/json');

  for (const [what, text] of [
    ['half of JSON', '{"a":'],
    ['a bare string', '"AAA"'],
    ['a number', '7'],
    ['a poisoned prototype', '{"__proto__":{"admin":true}}'],
  ] as const) {
    it(`is a bad request: ${what}`, async () => {
      const answer = await put().send(text);
      expect(answer.status).to.equal(400);
      expect(answer.type).to.equal('application/problem+json');
      expect(answer.body).to.include({ code: 'bad-request' });
    });
  }

  it('is a bad request when it is not compressed as it says', async () => {
    const cut = gzipSync('{"a":1}').subarray(0, 12);
    const answer = await put().set('content-encoding', 'gzip').serialize(String).send(cut.toString('latin1'));
    expect(answer.status).to.equal(400);
  });

  it('is too large beyond the limit', async () => {
    const answer = await put().send(JSON.stringify({ text: 'x'.repeat(2_000) }));
    expect(answer.status).to.equal(413);
    expect(answer.body).to.include({ code: 'too-large' });
  });
});

describe('a body', () => {
  const put = (type: string, text: string) => api().put('/things/1').set('content-type', type).send(text);
  const got = async (type: string, text: string) => ((await put(type, text)).body as { got: unknown }).got;
  const form = 'application/x-www-form-urlencoded';

  it('is JSON or a form', async () => {
    expect(await got('application/json; charset=utf-8', '{"a":["1"]}')).to.deep.equal({ a: ['1'] });
    for (const type of [form, `${form.toUpperCase()}; charset=UTF-8`]) {
      const fields = await got(type, 'a=1&b=M%C3%BCller+%26+Co');
      expect(fields).to.deep.equal({ a: '1', b: 'Müller & Co' });
    }
  });

  it('is nothing where it is neither', async () => {
    expect(await got('text/plain', 'a=1')).to.deep.equal({});
  });

  it('is flat as a form, whatever its names look like', async () => {
    const fields = await got(form, 'a[b]=1&a.c=2&__proto__[d]=3&e=%');
    expect(fields).to.deep.equal({ 'a[b]': '1', 'a.c': '2', '__proto__[d]': '3', e: '%' });
  });

  it('is refused as a form beyond the limit', async () => {
    expect((await put(form, `a=${'x'.repeat(2_000)}`)).status).to.equal(413);
  });
});

describe('a form that fails before its body is read', () => {
  async function repeatAfter(error: Error, url = '/login') {
    const shown: unknown[] = [];
    const app = new Koa<AppState>();
    app.use(async (ctx, next) => {
      Object.assign(ctx.state, { language: 'en', log: { error: () => undefined } });
      await next();
    });
    const body = readBody({ limit: '1kb' });
    app.use(errorsMiddleware((ctx, _view, model) => void (shown.push(model), (ctx.body = '')), body));
    app.use(() => Promise.reject(error));
    app.use(body);
    await supertest(app.callback()).post(url).type('form').send({ email: 'ada@example.org' });
    return (shown[0] as ViewModels['error']).repeat;
  }

  it('is shown with what was typed where it may be sent again', async () => {
    const fields = [{ name: 'email', value: 'ada@example.org' }];
    for (const error of [unavailable(), tooMany(2), new Error('a mistake')]) {
      expect(await repeatAfter(error)).to.deep.equal({ action: '/login', fields, isWhole: true });
    }
  });

  it('is sent to where it was sent, and never to another host', async () => {
    expect((await repeatAfter(unavailable(), '/staff/products/tee?q=x&page=2'))?.action).to.equal(
      '/staff/products/tee?q=x&page=2',
    );
    expect((await repeatAfter(unavailable(), '//evil.example/login'))?.action).to.equal('/');
  });

  it('is not where that would be no use', async () => {
    expect(await repeatAfter(forbidden())).to.equal(null);
  });
});

describe('a method that a path does not have', () => {
  it('is refused with the ones it has', async () => {
    const answer = await api().delete('/things/1');
    expect(answer.status).to.equal(405);
    expect(answer.get('allow')?.split(', ').sort()).to.deep.equal(['GET', 'HEAD', 'PUT']);
    expect(answer.body).to.include({ code: 'method-not-allowed' });
  });

  it('is not found where there is no such path', async () => {
    expect((await api().delete('/nothing')).status).to.equal(404);
  });
});

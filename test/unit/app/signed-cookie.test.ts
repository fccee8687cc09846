// Cookies with their signature in their value, through a real Koa: what is set is read again, and nothing else is.
import { expect } from 'chai';
import Keygrip from 'keygrip';
import Koa from 'koa';
import supertest from 'supertest';
import type { AppContext, AppState } from '../../../app/http/context.ts';
import { createCookieKeys } from '../../../app/http/cookie-keys.ts';
import {
  noteIfUnsigned,
  removeSignedCookie,
  setSignedCookie,
  signedCookie,
} from '../../../app/http/signed-cookie.ts';

const [newest, older] = ['the newest key of all keys', 'the key that was before it'];
const HOUR_MS = 3_600_000;

function shop(handle: (ctx: AppContext) => void, keys = [newest, older]) {
  const tampered: string[] = [];
  const app = new Koa<AppState>({ proxy: true });
  app.keys = createCookieKeys(keys, (name) => tampered.push(name));
  app.use((ctx) => {
    ctx.body = 'ok';
    handle(ctx);
  });
  const ask = async (cookie: string, scheme = 'http') => {
    const answer = await supertest(app.callback()).get('/').set({ cookie, 'x-forwarded-proto': scheme });
    return [answer.headers['set-cookie'] ?? []].flat().map(String);
  };
  return { ask, tampered };
}

/** What is read of `cookie`, and the names that were told. */
async function read(cookie: string, keys?: string[]) {
  let value: string | undefined;
  const { ask, tampered } = shop((ctx) => (value = signedCookie(ctx, 'cart')), keys);
  const set = await ask(cookie);
  return { value, tampered, set };
}

async function signed(value: string, keys?: string[]): Promise<string> {
  const [cookie = ''] = await shop((ctx) => setSignedCookie(ctx, 'cart', value, HOUR_MS), keys).ask('');
  return cookie.split(';', 1)[0] ?? '';
}

describe('a cookie that Koa signs', () => {
  it('is told by its name when it comes without its signature', async () => {
    const pass = () => Promise.resolve();
    const { ask, tampered } = shop((ctx) => void noteIfUnsigned('sid')(ctx, pass));
    await ask('a=b');
    await ask(`sid=x; sid.sig=${new Keygrip([newest]).sign('sid=x')}`);
    expect(tampered).to.deep.equal([]);
    await ask('sid=x');
    expect(tampered).to.deep.equal(['sid']);
  });
});

describe('a cookie with its signature in its value', () => {
  it('is for this site only, for its time, and out of reach for scripts', async () => {
    const { ask } = shop((ctx) => setSignedCookie(ctx, 'cart', 'g-1.7.9', HOUR_MS));
    const [plain = ''] = await ask('');
    expect(plain).to.match(/^cart=g-1\.7\.9~[\w-]{27}; path=\/; max-age=3600; samesite=lax; httponly$/);
    const [secure = ''] = await ask('', 'https');
    expect(secure).to.equal(`${plain}; secure`);
  });

  it('is read as it was set, also under the key before', async () => {
    const cookie = await signed('g-1.7.9');
    expect(await read(`a=b; ${cookie}; c=d`)).to.include({ value: 'g-1.7.9' });
    expect(await read(await signed('g-1.7.9', [older]))).to.deep.include({ value: 'g-1.7.9', tampered: [] });
  });

  it('is none where it was changed, cut or signed by somebody else, and its name is told', async () => {
    const cookie = await signed('g-1.7.9');
    const forged = [cookie.replace('.7.', '.8.'), cookie.slice(0, -1), await signed('g-1.7.9', ['another'])];
    for (const one of forged) {
      expect(await read(one), one).to.deep.include({ value: undefined, tampered: ['cart'] });
    }
  });

  it('is not another one under its name', async () => {
    const [flash] = await shop((ctx) => setSignedCookie(ctx, 'flash', 'x', HOUR_MS)).ask('');
    expect((await read((flash ?? '').replace('flash=', 'cart='))).value).to.equal(undefined);
  });

  it('is also read as Koa signs it, which browsers still have', async () => {
    const koaSigned = `cart=x; cart.sig=${new Keygrip([newest]).sign('cart=x')}`;
    expect(await read(koaSigned)).to.deep.include({ value: 'x', tampered: [] });
    expect((await read('cart=x')).value).to.equal(undefined);
  });

  it('is none without any signature, and its name is told once', async () => {
    expect(await read('cart=x')).to.deep.include({ value: undefined, tampered: ['cart'] });
    expect(await read('cart=')).to.deep.include({ tampered: [] });
    expect(await read('a=b')).to.deep.include({ value: undefined, tampered: [] });
    const forged = `cart=x; cart.sig=${'a'.repeat(27)}`;
    expect(await read(forged)).to.deep.include({ value: undefined, tampered: ['cart'] });
  });

  it('ends the signature that Koa has left beside it, whether it is set or removed', async () => {
    const before = `cart=x; cart.sig=${new Keygrip([newest]).sign('cart=x')}`;
    for (const change of [
      (ctx: AppContext) => setSignedCookie(ctx, 'cart', 'y', HOUR_MS),
      (ctx: AppContext) => removeSignedCookie(ctx, 'cart'),
    ]) {
      const set = await shop(change).ask(before);
      expect(set).to.have.length(2);
      expect(set[1]).to.match(/^cart\.sig=; path=\/; max-age=0;/);
    }
  });

  it('is set once in an answer, the last one, beside others', async () => {
    const { ask } = shop((ctx) => {
      ctx.cookies.set('other', '1', { signed: false });
      setSignedCookie(ctx, 'cart', 'x', HOUR_MS);
      setSignedCookie(ctx, 'cart', 'y', HOUR_MS);
    });
    expect((await ask('')).map((cookie) => cookie.slice(0, 6))).to.deep.equal(['other=', 'cart=y']);
  });

  it('is gone when it is removed', async () => {
    const [cookie] = await shop((ctx) => removeSignedCookie(ctx, 'cart')).ask('');
    expect(cookie).to.match(/^cart=; path=\/; max-age=0;/);
  });
});

// A cart outlives either of its two stores: what happens to real carts while real Redis or real Postgres is away, has
// lost something, or answers too late.
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { Redis } from 'ioredis';
import * as z from 'zod';
import { recordOf } from '../../../app/cart/record-text.ts';
import type { CartRecord } from '../../../app/cart/record.ts';
import { problem } from '../../../app/openapi/answers.ts';
import { eventually } from '../../support/eventually.ts';
import { masterName } from '../../support/redis-set.ts';
import { cookiesIn } from '../../support/shop-client.ts';
import type { Cart, ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const run = promisify(execFile);

interface CopyRow {
  readonly holder: string;
  readonly ahead: boolean;
  /** As Redis wrote it or as both were joined, whichever the row holds. */
  readonly record: { readonly version: number };
}

describe('a cart kept twice', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let master: Redis;
  let skus: string[];
  before(async () => {
    shop = await startShop();
    // A frozen master stays the master: these tests are about one that is away, not about who follows it.
    const patience = ['down-after-milliseconds', '600000'];
    await shop.redis.connect('sentinel-0').call('sentinel', 'set', masterName, ...patience);
    master = shop.redis.connect('redis-0');
    const rows = await shop.query<{ sku: string }>('SELECT sku FROM variant WHERE stock > 9 ORDER BY sku');
    skus = rows.map(({ sku }) => sku);
  });
  after(() => shop.close());

  const sku = (index: number): string => skus[index] ?? '';
  const pieces = (cart: Cart): number => cart.lines.reduce((sum, line) => sum + line.quantity, 0);

  /** A shopper with two pieces in the cart, and the cart's holder. */
  async function shopper(): Promise<{ client: ShopClient; holder: string }> {
    const client = shop.client();
    const before = new Set((await rows()).map(({ holder }) => holder));
    await client.add(sku(0), 2);
    const holder = await eventually(
      async () => {
        const found = (await rows()).find((row) => !before.has(row.holder) && !row.ahead);
        return found?.holder ?? expect.fail('not in Postgres yet');
      },
      { withinMs: timeouts.soonMs },
    );
    return { client, holder };
  }

  async function rows(): Promise<CopyRow[]> {
    const found = await shop.query<{
      holder: string;
      ahead: boolean;
      hash: string | null;
      record: CartRecord;
    }>(`SELECT holder, ahead, hash, record FROM cart WHERE record <> 'null' OR hash IS NOT NULL`);
    return found.map(({ hash, ...row }) => (hash === null ? row : { ...row, record: recordOf(hash) }));
  }

  async function copyOf(holder: string): Promise<CopyRow | undefined> {
    return (await rows()).find((row) => row.holder === holder);
  }

  async function withoutRedis<T>(work: () => Promise<T>): Promise<T> {
    for (const member of shop.redis.members) shop.redis.freeze(member);
    try {
      return await work();
    } finally {
      for (const member of shop.redis.members) shop.redis.thaw(member);
    }
  }

  /** As a browser without JavaScript does. */
  function submit(client: ShopClient, form: Record<string, string>) {
    const headers = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' };
    return client.request<string>('POST', '/cart/lines', new URLSearchParams(form).toString(), headers);
  }

  async function inRedis(holder: string): Promise<Record<string, string>> {
    return master.hgetall(`cart:${holder}`);
  }

  it('is in Postgres a moment after Redis acknowledged a change', async () => {
    const { client, holder } = await shopper();
    for (let index = 1; index <= 5; index += 1) await client.add(sku(index));
    await eventually(async () => expect((await copyOf(holder))?.record.version).to.equal(6), {
      withinMs: timeouts.soonMs,
    });
  });

  it('is changed in Postgres while Redis is away, and Redis gets it back', async () => {
    const { client, holder } = await shopper();
    const operationId = randomUUID();
    await withoutRedis(async () => {
      const added = await client.add(sku(1), 3, operationId);
      expect(added.status).to.equal(200);
      expect(pieces(added.body)).to.equal(5);
      expect(pieces((await client.cart()).body)).to.equal(5);
    });
    // Without another request: the shopper may be gone.
    await eventually(async () => expect((await inRedis(holder)).n).to.equal('5'), {
      withinMs: timeouts.localServerReadyMs,
    });
    const repeated = await client.add(sku(1), 3, operationId);
    expect([pieces(repeated.body), repeated.body.version]).to.deep.equal([5, 2]);
    await eventually(async () => expect((await copyOf(holder))?.ahead).to.equal(false), {
      withinMs: timeouts.soonMs,
    });
  });

  it('has a change once that Redis applied, could not confirm, and Postgres then acknowledged', async () => {
    const { client, holder } = await shopper();
    shop.redis.freeze('redis-1');
    try {
      const added = await client.add(sku(1), 3);
      expect(added.status).to.equal(200);
      expect((await inRedis(holder)).n, 'applied on the master').to.equal('5');
      expect((await copyOf(holder))?.ahead).to.equal(true);
    } finally {
      shop.redis.thaw('redis-1');
    }
    await eventually(async () => expect((await copyOf(holder))?.ahead).to.equal(false), {
      withinMs: timeouts.localServerReadyMs,
    });
    const { body } = await client.cart();
    expect([pieces(body), body.version]).to.deep.equal([5, 2]);
  });

  it('is whole again at the next look when Redis has lost it', async () => {
    const { client, holder } = await shopper();
    await master.del(`cart:${holder}`);
    expect(pieces((await client.cart()).body)).to.equal(2);
    expect((await inRedis(holder)).n).to.equal('2');
  });

  it('is whole again before it is changed when Redis has an older one', async () => {
    const { client, holder } = await shopper();
    const old = await inRedis(holder);
    await client.add(sku(1), 1);
    await eventually(async () => expect((await copyOf(holder))?.record.version).to.equal(2), {
      withinMs: timeouts.soonMs,
    });
    await master.del(`cart:${holder}`);
    await master.hset(`cart:${holder}`, old);
    const { body } = await client.add(sku(2), 1);
    expect([pieces(body), body.version]).to.deep.equal([4, 3]);
  });

  it('is found again by a guest whose session is lost as well', async () => {
    const { client } = await shopper();
    await master.flushall();
    expect(pieces((await client.cart()).body)).to.equal(2);
    expect(pieces((await client.add(sku(1))).body)).to.equal(3);
  });

  it('is repaired without its shopper after a connection was lost, as after a failover', async () => {
    const { holder } = await shopper();
    await master.del(`cart:${holder}`);
    await master.call('client', 'kill', 'user', 'app');
    await eventually(async () => expect((await inRedis(holder)).n).to.equal('2'), {
      withinMs: timeouts.localServerReadyMs,
    });
  });

  it('is whole again, as all others are, after an admin asked for a comparison of both stores', async () => {
    const holders = [(await shopper()).holder, (await shopper()).holder];
    for (const holder of holders) await master.del(`cart:${holder}`);
    const env = { ...process.env, ...shop.env, LOG_LEVEL: 'info' };
    const { stdout } = await run(process.execPath, ['app/main.ts', 'repair-carts', '1'], { env });
    expect(Number(/"repaired":(\d+)/.exec(stdout)?.[1])).to.be.at.least(2);
    for (const holder of holders) expect((await inRedis(holder)).n).to.equal('2');
  });

  it('has the changes of two browsers of which a failover forgot one', async () => {
    const form = { email: `${randomUUID()}@example.org`, password: 'a long enough password', name: 'Ada' };
    const [first, second] = [shop.client(), shop.client()];
    await first.register(form);
    await second.request('POST', '/api/v1/session', form);
    const { id } =
      (await shop.query<{ id: string }>('SELECT id FROM account WHERE email = $1', [form.email]))[0] ?? {};
    const holder = `u-${id}`;
    await first.add(sku(0), 1);
    const forgetful = await inRedis(holder);
    await first.add(sku(1), 1);
    await eventually(async () => expect((await copyOf(holder))?.record.version).to.equal(2), {
      withinMs: timeouts.soonMs,
    });
    // WHEN Redis forgets the second change, and the other browser, which has not seen it, changes what is left
    await master.del(`cart:${holder}`);
    await master.hset(`cart:${holder}`, forgetful);
    await second.add(sku(2), 1);
    // THEN all three are there, once
    await eventually(
      async () => {
        const { body } = await second.cart();
        expect([pieces(body), body.version]).to.deep.equal([3, 3]);
      },
      { withinMs: timeouts.localServerReadyMs },
    );
  });

  it('has what its guest adds to a cart that was merged, although the pod that merged it died before it said so', async () => {
    const form = { email: `${randomUUID()}@example.org`, password: 'a long enough password', name: 'Ada' };
    await shop.client().register(form);
    const { client, holder } = await shopper();
    const ticket = ticketIn(await client.add(sku(1)));
    await eventually(async () => expect((await copyOf(holder))?.record.version).to.equal(2), {
      withinMs: timeouts.soonMs,
    });
    const rowOf = () =>
      shop.query<{ hash: string; op: string }>('SELECT hash, newest_op AS op FROM cart WHERE holder = $1', [
        holder,
      ]);
    const [old] = await rowOf();
    await client.request('POST', '/api/v1/session', form);
    const none = '\nn\n0\n';
    await eventually(async () => expect((await rowOf())[0]?.hash ?? none).to.include(none), {
      withinMs: timeouts.soonMs,
    });
    // GIVEN neither Postgres nor the browser has heard of the merge
    await shop.query(
      `INSERT INTO cart (holder, record, hash, clock, newest_op, ahead) VALUES ($1, 'null', $2, 2, $3, false)
       ON CONFLICT (holder) DO UPDATE SET hash = excluded.hash, clock = excluded.clock, newest_op = excluded.newest_op`,
      [holder, old?.hash, old?.op],
    );
    // WHEN the guest goes on, and logs in again
    const again = shop.client();
    const wish = { sku: sku(2), quantity: 3, operationId: randomUUID() };
    await again.request('POST', '/api/v1/cart/lines', wish, ticket);
    await again.request('POST', '/api/v1/session', form);
    // THEN all is there, once
    const { body } = await again.cart();
    expect(body.lines.map(({ quantity }) => quantity)).to.deep.equal([2, 1, 3]);
  });

  it('is refused with its operation id when neither store can, and changed once when it is sent again', async () => {
    const { client } = await shopper();
    const operationId = randomUUID();
    const form = { sku: sku(2), quantity: '1', operationId: randomUUID() };
    await withoutRedis(async () => {
      await shop.postgres.crash();
      try {
        const [refused, page] = await Promise.all([client.add(sku(1), 1, operationId), submit(client, form)]);
        expect(refused.status).to.equal(503);
        expect(refused.headers.get('content-type')).to.contain('application/problem+json');
        expect(refused.headers.get('retry-after')).to.not.equal(null);
        expect(refused.body).to.include({ code: 'unavailable', operationId });
        expect(() => z.strictObject(problem.shape).parse(refused.body), 'as in the document').to.not.throw();
        expect(page.status).to.equal(503);
        for (const value of Object.values(form)) expect(page.body).to.contain(`value="${value}"`);
      } finally {
        await shop.postgres.start();
      }
    });
    await eventually(
      async () => {
        expect((await client.add(sku(1), 1, operationId)).status).to.equal(200);
        expect((await submit(client, form)).status).to.equal(303);
      },
      { withinMs: timeouts.localServerReadyMs },
    );
    const { body } = await client.cart();
    expect([pieces(body), body.version]).to.deep.equal([4, 3]);
  }).timeout(2 * timeouts.fixtureMs);

  it('goes on in Redis while Postgres is away, and Postgres gets it afterwards', async () => {
    const { client, holder } = await shopper();
    await shop.postgres.crash();
    try {
      const path = `/api/v1/cart/lines/${sku(0)}`;
      const removed = await client.request<Cart>('DELETE', path, { operationId: randomUUID() });
      expect([removed.status, removed.body.lines.length]).to.deep.equal([200, 0]);
    } finally {
      await shop.postgres.start();
    }
    await eventually(async () => expect((await copyOf(holder))?.record.version).to.equal(2), {
      withinMs: timeouts.localServerReadyMs,
    });
  });
});

/** The browser's cart ticket as a request sends it. */
function ticketIn(answer: { headers: Headers }): { cookie: string } {
  return { cookie: cookiesIn(answer, /^cart=/) };
}

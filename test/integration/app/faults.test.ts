// What a shopper sees while a store or the process itself goes away: a moment's wait, not an error, and never a
// lost or doubled order.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import pg from 'pg';
import { orderOf, shopClient } from '../../support/shop-client.ts';
import type { Order } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { eventually } from '../../support/eventually.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('faults under the shop', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let sku: string;
  before(async () => {
    shop = await startShop();
    const [row] = await shop.query<{ sku: string }>(
      'SELECT sku FROM variant ORDER BY stock DESC, sku LIMIT 1',
    );
    sku = row?.sku ?? '';
  });
  after(() => shop.close());

  it('makes exactly one order when Postgres crashes while it is placed', async () => {
    const client = shop.client();
    const { body } = await client.add(sku);
    const crash = shop.postgres.crash();
    const ordering = client.request<Order>('POST', '/api/v1/orders', orderOf(body.totalCents), {
      'idempotency-key': randomUUID(),
    });
    await crash;
    await shop.postgres.start();
    const answer = await ordering;
    expect(answer.status).to.equal(201);
    const rows = await shop.query('SELECT FROM purchase');
    expect(rows).to.have.length(1);
  });

  it('answers pages right after Postgres came back, although every old connection is broken', async () => {
    const client = shop.client();
    await Promise.all(Array.from({ length: 8 }, () => client.request('GET', '/search')));
    await shop.postgres.crash();
    await shop.postgres.start();
    const answers = await Promise.all(Array.from({ length: 16 }, () => client.request('GET', '/search')));
    expect(answers.map(({ status }) => status)).to.deep.equal(Array(16).fill(200));
  });

  it('gives the stock of an unpaid order back when its time is over', async () => {
    const client = shop.client();
    const { body } = await client.add(sku, 2);
    const order = await client.order({ expectedTotalCents: body.totalCents });
    const stock = async (): Promise<unknown> =>
      (await shop.query('SELECT stock FROM variant WHERE sku = $1', [sku]))[0]?.stock;
    const before = Number(await stock());
    const past = `UPDATE purchase SET status = 'pending', held_until = now() - interval '1 s' WHERE id = $1`;
    await shop.query(past, [order.body.id]);
    const { sweepUnpaid } = await import('../../../app/orders/sweep.ts');
    const { openDatabase } = await import('../../../app/stores.ts');
    const { createMetrics } = await import('../../../app/platform/metrics.ts');
    const { createLog } = await import('../../../app/platform/log.ts');
    const db = openDatabase(shop.config, createMetrics(), createLog({ level: 'silent', pod: 'test' }));
    try {
      await Promise.all([1, 2, 3].map(() => db.transaction(sweepUnpaid, performance.now() + 5_000)));
    } finally {
      await db.close();
    }
    expect(await stock()).to.equal(before + 2);
  });

  it('sends the confirmation from the outbox, and keeps nothing of it', async () => {
    await eventually(
      async () => {
        const [row] = await shop.query<{ waiting: string; kept: string }>(
          `SELECT count(*) FILTER (WHERE sent_at IS NULL) AS waiting,
                  count(*) FILTER (WHERE payload <> '{}') AS kept FROM outbox`,
        );
        expect(row).to.deep.equal({ waiting: '0', kept: '0' });
      },
      { withinMs: timeouts.localServerReadyMs },
    );
  });

  it('loses no request when a process is told to stop under load', async () => {
    const leaving = await shop.another();
    const client = shopClient(`http://127.0.0.1:${leaving.port}`);
    let stopping = false;
    const failures: string[] = [];
    let answered = 0;
    const shopper = async (): Promise<void> => {
      while (!stopping) {
        await client.request('GET', '/api/v1/products').then(
          ({ status }) => (status === 200 ? (answered += 1) : failures.push(String(status))),
          (error: unknown) => failures.push(String(error)),
        );
      }
    };
    const shoppers = [1, 2, 3, 4].map(shopper);
    await eventually(() => expect(answered).to.be.greaterThan(10), { withinMs: timeouts.localServerReadyMs });
    // As the endpoint is removed before the process is told: no new requests, those under way are answered.
    stopping = true;
    await Promise.all([leaving.stop(), ...shoppers]);
    expect(failures).to.deep.equal([]);
  });

  it('makes one order of two presses while the process stops, and answers both', async () => {
    const leaving = await shop.another({ SHOP_SHUTDOWN_GAP_MS: '200' });
    const client = shopClient(`http://127.0.0.1:${leaving.port}`);
    const { body } = await client.add(sku);
    const key = randomUUID();
    const press = () => client.order({ key, expectedTotalCents: body.totalCents });
    const first = press();
    const stopped = leaving.stop();
    const answers = await Promise.all([first, press()]);
    await stopped;
    expect(answers.map(({ status }) => status)).to.have.members([201, 200]);
    expect(answers[0].body.id).to.equal(answers[1].body.id);
  });

  it('refuses what it cannot do in time with 503 and Retry-After, and recovers by itself', async () => {
    const small = await shop.another({ SHOP_MAX_IN_FLIGHT: '8', SHOP_CATALOG_CACHE: 'false' });
    const get = (path: string) => fetch(`http://127.0.0.1:${small.port}${path}`);
    const holder = new pg.Client(shop.postgres.url('app'));
    await holder.connect();
    let answers: Response[];
    try {
      await holder.query('BEGIN; LOCK TABLE product');
      let refusedAtOnce = 0;
      // Those that are taken on wait for the table; the others have their answer meanwhile.
      const asked = Array.from({ length: 40 }, async (_, n) => {
        const answer = await get(n % 2 === 0 ? '/search' : '/api/v1/products');
        if (answer.status === 503) refusedAtOnce += 1;
        return answer;
      });
      await eventually(() => expect(refusedAtOnce).to.be.at.least(30), { withinMs: timeouts.soonMs });
      await holder.query('ROLLBACK');
      answers = await Promise.all(asked);
    } finally {
      await holder.end();
    }
    const refused = answers.filter(({ status }) => status === 503);
    expect(refused.length).to.be.at.least(30);
    for (const { headers } of refused) expect(headers.get('retry-after')).to.equal('2');
    const kinds = refused.map(({ headers }) => headers.get('content-type')?.split(';')[0]);
    expect(new Set(kinds)).to.deep.equal(new Set(['text/html', 'application/problem+json']));
    expect((await get('/search')).status).to.equal(200);
  });

  it('says it is not ready, yet still answers, during the gap before it stops', async () => {
    const leaving = await shop.another({ SHOP_SHUTDOWN_GAP_MS: '1500' });
    const stopped = leaving.stop();
    expect((await fetch(`http://127.0.0.1:${leaving.opsPort}/readyz`)).status).to.equal(503);
    const answer = await fetch(`http://127.0.0.1:${leaving.port}/api/v1/products`);
    expect(answer.status).to.equal(200);
    expect(answer.headers.get('connection')).to.equal('close');
    await stopped;
  });
});

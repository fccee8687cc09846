// What the bank is asked for while orders are made, repeated and cancelled: money is set aside once per attempt, captured
// only with an order, and given back when that is cancelled.
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import type { Authorisation, PaymentProvider } from '../../../app/checkout/payment.ts';
import { eventually } from '../../support/eventually.ts';
import { anyVariant } from '../../support/shop-client.ts';
import type { ShopClient } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('paying for an order', function () {
  this.timeout(timeouts.fixtureMs);
  let shop: TestShop;
  let sku: string;
  /** References in the order in which the bank was asked. */
  let bank: { authorised: string[]; captured: string[]; released: string[] };
  let answer: Authorisation['outcome'] | 'nothing, ever';
  /** What the bank waits for before it answers. */
  let patience: () => Promise<unknown>;

  const payment: PaymentProvider = {
    authorise: async (attempt) => {
      const reference = `ref-${attempt}`;
      bank.authorised.push(reference);
      await patience();
      if (answer === 'nothing, ever') return new Promise(() => undefined);
      return answer === 'authorised' ? { outcome: answer, reference } : { outcome: answer };
    },
    capture: (reference) => Promise.resolve(void bank.captured.push(reference)),
    release: (reference) => Promise.resolve(void bank.released.push(reference)),
  };

  before(async () => {
    shop = await startShop({ payment });
    ({ sku } = await anyVariant(shop.client(), 20));
  });
  beforeEach(() => {
    bank = { authorised: [], captured: [], released: [] };
    answer = 'authorised';
    patience = () => Promise.resolve();
  });
  after(() => shop.close());

  async function shopper(): Promise<{
    client: ShopClient;
    wish: { key: string; expectedTotalCents: number };
  }> {
    const client = shop.client();
    const { body } = await client.add(sku);
    return { client, wish: { key: randomUUID(), expectedTotalCents: body.totalCents } };
  }

  const soon = (assertion: () => void) => eventually(assertion, { withinMs: timeouts.localServerReadyMs });

  it('captures once what was set aside for an order', async () => {
    const { client, wish } = await shopper();
    expect((await client.order(wish)).status).to.equal(201);
    await soon(() => expect(bank.captured).to.deep.equal(bank.authorised));
    expect(bank.authorised).to.have.length(1);
  });

  it('sets money aside under one name however often an attempt is sent, and captures it once', async () => {
    const { client, wish } = await shopper();
    await Promise.all([client.order(wish), client.order(wish), client.order(wish)]);
    expect(new Set(bank.authorised).size).to.equal(1);
    await soon(() => expect(bank.captured).to.deep.equal(bank.authorised.slice(0, 1)));
  });

  it('leaves alone what was set aside for an order that could not be placed', async () => {
    const { client, wish } = await shopper();
    const refused = await client.order({ ...wish, expectedTotalCents: wish.expectedTotalCents + 1 });
    expect(refused.status).to.equal(409);
    const later = await shopper();
    await later.client.order(later.wish);
    // The one behind it in the outbox was captured: nothing was before it.
    await soon(() => expect(bank.captured).to.deep.equal(bank.authorised.slice(1)));
  });

  it('gives the money of a cancelled order back', async () => {
    const { client, wish } = await shopper();
    const { body } = await client.order(wish);
    for (let times = 0; times < 2; times += 1) {
      await client.request('POST', `/api/v1/orders/${body.id}/cancel`);
    }
    await soon(() => expect(bank.released).to.deep.equal(bank.authorised));
  });

  describe('of a cart that another tab orders, while this one is at the bank,', () => {
    let piece: string;
    let next = 0;
    beforeEach(async () => {
      // Another one each time: that the last one is sold out may be known in the shop's memory.
      const sql = 'SELECT sku FROM variant WHERE stock > 0 ORDER BY sku DESC OFFSET $1 LIMIT 1';
      piece = (await shop.query<{ sku: string }>(sql, [next++]))[0]?.sku ?? '';
      await shop.query('UPDATE variant SET stock = 1 WHERE sku = $1', [piece]);
    });

    /** Resolves with the other tab's answer and this one's, before whose `meanwhile` happens. */
    async function twoTabs(meanwhile: () => Promise<unknown>) {
      const client = shop.client();
      const added = await client.add(piece);
      expect(added.status).to.equal(200);
      const { totalCents } = added.body;
      const [asked, mayAnswer] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
      patience = () => {
        asked.resolve(true);
        return mayAnswer.promise;
      };
      const waiting = client.order({ expectedTotalCents: totalCents });
      await asked.promise;
      patience = () => Promise.resolve();
      const other = await client.order({ expectedTotalCents: totalCents });
      await meanwhile();
      mayAnswer.resolve(true);
      return { other, mine: await waiting };
    }

    it('answers with the order of that tab, although it took the last piece', async () => {
      const { other, mine } = await twoTabs(() => Promise.resolve());
      expect([other.status, mine.status]).to.deep.equal([201, 200]);
      expect(mine.body.id).to.equal(other.body.id);
    });

    it('does so although the price has changed since', async () => {
      const dearer = 'UPDATE variant SET stock = 1, price_cents = price_cents + 100 WHERE sku = $1';
      const { other, mine } = await twoTabs(() => shop.query(dearer, [piece]));
      expect([other.status, mine.status]).to.deep.equal([201, 200]);
      expect(mine.body.id).to.equal(other.body.id);
    });

    it('says from where on a replica has that order, so that its page is not looked for in vain', async () => {
      const { mine } = await twoTabs(() => Promise.resolve());
      expect(mine.headers.getSetCookie().join('\n')).to.match(/^lsn=[0-9A-F]/m);
    });

    it('is still refused when that order was cancelled and somebody else has the piece', async () => {
      const cancelled = `UPDATE purchase SET status = 'cancelled'
        WHERE id IN (SELECT purchase_id FROM purchase_line WHERE sku = $1)`;
      const { mine } = await twoTabs(() => shop.query(cancelled, [piece]));
      expect(mine.status).to.equal(409);
      expect(mine.body).to.include({ code: 'stock-changed' });
    });
  });

  for (const silent of ['declined', 'timeout', 'nothing, ever'] as const) {
    it(`answers with the order that stands when the bank says ${silent} to the attempt sent again`, async () => {
      const { client, wish } = await shopper();
      const { body } = await client.order(wish);
      // The cart could not be emptied then, as when Redis was away.
      await client.add(sku);
      answer = silent;
      const again = await client.order(wish);
      expect([again.status, again.body.id]).to.deep.equal([200, body.id]);
    });

    it(`makes no order of an attempt to which the bank says ${silent}`, async () => {
      const { client, wish } = await shopper();
      answer = silent;
      const count = async () => (await shop.query('SELECT FROM purchase')).length;
      const before = await count();
      const refused = await client.order(wish);
      expect(refused.status).to.equal(402);
      const reason = silent === 'declined' ? 'was declined' : 'did not answer';
      expect(refused.body).to.have.property('detail').that.includes(reason);
      expect(await count()).to.equal(before);
      expect((await client.cart()).body.lines).to.have.length(1);
    });
  }
});

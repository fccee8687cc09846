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

  const payment: PaymentProvider = {
    authorise: (attempt) => {
      const reference = `ref-${attempt}`;
      bank.authorised.push(reference);
      if (answer === 'nothing, ever') return new Promise(() => undefined);
      return Promise.resolve(answer === 'authorised' ? { outcome: answer, reference } : { outcome: answer });
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

// What a shopper gets by mail, through the outbox and over SMTP: a guest has nothing else on another device.
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('the mail about an order', function () {
  this.timeout(timeouts.e2eTestMs);
  let smtp: TestSmtp;
  let shop: TestShop;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    smtp = await startSmtp();
    shop = await startShop({ env: { SHOP_SMTP_URL: smtp.url } });
  });
  after(async () => {
    await shop.close();
    smtp.close();
  });

  it('says its number, what it is of, what it costs and where to find it, once, in both languages', async () => {
    const [article] = await shop.query<{ sku: string; de: string; en: string }>(
      `SELECT v.sku, p.name ->> 'de' AS de, p.name ->> 'en' AS en FROM variant v JOIN product p ON p.id = v.product_id
        WHERE v.stock > 1 LIMIT 1`,
    );
    const client = shop.client();
    await client.add(article?.sku ?? '', 2);
    const { body: order } = await client.order({ email: 'ada@example.org' });
    const [mail] = await eventually(
      () => {
        expect(smtp.mails).to.have.length(1);
        return smtp.mails;
      },
      { withinMs: timeouts.soonMs },
    );
    expect(mail?.to).to.equal('ada@example.org');
    for (const part of [
      `Order ${order.number}`,
      `Bestellung ${order.number}`,
      `2 × ${article?.en ?? ''}`,
      `2 × ${article?.de ?? ''}`,
      `€${(order.totalCents / 100).toFixed(2)}`,
      `/orders/${order.id}`,
    ]) {
      expect(mail?.text).to.include(part);
    }
  });
});

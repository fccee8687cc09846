// What a shopper gets by mail, through the outbox and over SMTP: a guest has nothing else on another device, and who has
// lost the account's address to somebody else learns it nowhere else.
import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { newEmail } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { startSmtp } from '../../support/smtp.ts';
import type { TestSmtp } from '../../support/smtp.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a mail', function () {
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

  it('about an order says its number, what it is of, what it costs and where to find it, once, in both languages', async () => {
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

  it('about another address of an account goes to the one before, once, and does not say which it is now', async () => {
    const [client, email, next] = [shop.client(), newEmail(), newEmail()];
    await client.register({ name: 'Ada Quill', email, password: 'a long enough password' });
    const change = { name: 'Ada Quill', email: next, currentPassword: 'a long enough password' };
    for (const form of [{ ...change, email, name: 'Ada' }, change, change]) {
      expect((await client.request('PUT', '/api/v1/account', form)).status).to.equal(200);
    }
    const [mail] = await eventually(
      async () => {
        expect(await shop.query('SELECT 1 FROM outbox WHERE sent_at IS NULL')).to.have.length(0);
        const mails = smtp.mails.filter(({ to }) => [email, next].includes(to));
        expect(mails).to.have.length(1);
        return mails;
      },
      { withinMs: timeouts.soonMs },
    );
    expect(mail?.to).to.equal(email);
    expect(mail?.text)
      .to.include('has another e-mail address')
      .and.to.include('hat eine andere E-Mail-Adresse');
    expect(mail?.text).to.not.include(next);
  });
});

// The real shop on real stores, seen through Chromium: what pages weigh, what axe says of them with real data, and
// a purchase on a narrow phone, in German, without JavaScript.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { de } from '../../../app/locales/de.ts';
import { en } from '../../../app/locales/en.ts';
import { newShopper, openBrowser } from '../../support/browser.ts';
import { anyVariant } from '../../support/shop-client.ts';
import { fillTheRest, logInInBrowser, registerInBrowser } from '../../support/shopping.ts';
import { startShop, type TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

const budgetBytes = 60_000;

/** Everything the network carried for one page, headers and pictures below the fold included. */
async function weigh(page: Page, path: string): Promise<{ bytes: number; blocking: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  let bytes = 0;
  session.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
  await page.goto(path);
  await page.locator('footer').scrollIntoViewIfNeeded();
  await page.waitForLoadState('networkidle');
  const blocking = await page.evaluate(
    `performance.getEntriesByType('resource').filter((entry) => entry.renderBlockingStatus === 'blocking').length`,
  );
  await session.detach();
  return { bytes, blocking: Number(blocking) };
}

async function expectLightAndAccessible(page: Page, path: string): Promise<void> {
  const { bytes, blocking } = await weigh(page, path);
  expect(bytes, path).to.be.at.most(budgetBytes);
  expect(blocking, path).to.be.at.most(2);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`),
    path,
  ).to.deep.equal([]);
}

/** Links on these pages that answer with an error. Orders of a guest ask for a login first, which is an answer. */
async function deadLinks(page: Page, paths: readonly string[]): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    await page.goto(path);
    for (const link of await page.locator('a[href^="/"]').all()) {
      found.add((await link.getAttribute('href')) ?? '');
    }
  }
  const answers = await Promise.all(
    [...found].map(async (href) => ({ href, status: (await page.request.get(href)).status() })),
  );
  return answers.filter(({ status }) => status >= 400).map(({ href, status }) => `${status} ${href}`);
}

async function add(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('input[name="sku"]:not([disabled])').first().check({ force: true });
  await page.locator('form.buy button').click();
}

describe('the pages of the running shop', function () {
  this.timeout(timeouts.e2eTestMs);
  let browser: Browser;
  let shop: TestShop;
  let page: Page;
  let products: string[] = [];

  before(async () => {
    [shop, browser] = await Promise.all([startShop(), openBrowser()]);
    page = await newShopper(browser, { baseUrl: shop.url });
    await page.goto('/');
    products = await page
      .locator('#newest + ul a')
      .evaluateAll((links) => links.map((link) => (link as unknown as { href: string }).href));
    for (const product of products.slice(0, 4)) await add(page, product);
  });

  after(async () => {
    await browser.close();
    await shop.close();
  });

  for (const path of [
    '/',
    '/category/tops',
    '/search?q=',
    '/cart',
    '/checkout',
    '/login',
    '/register',
    '/nowhere',
  ]) {
    it(`${path} weighs at most 60 kB, with at most two requests that block drawing, and axe finds nothing`, async () => {
      await expectLightAndAccessible(page, path);
    });
  }

  it('the pages of an account and of staff keep the same budget, and axe finds nothing', async function () {
    // Seven pages.
    this.timeout(2 * timeouts.e2eTestMs);
    const somebody = await newShopper(browser, { baseUrl: shop.url });
    const account = { name: 'Grace', email: 'grace@example.org', password: 'a short sentence' };
    const client = shop.client();
    await client.register(account);
    await client.add((await anyVariant(client)).sku);
    const { id } = (await client.order()).body;
    await shop.query(`UPDATE account SET role = 'staff' WHERE email = $1`, [account.email]);
    await logInInBrowser(somebody, account);
    const own = ['/account', '/account/addresses', '/account/sessions', '/orders', `/orders/${id}`];
    for (const path of [...own, '/staff/products?q=tee', '/staff/orders']) {
      await expectLightAndAccessible(somebody, path);
    }
    await somebody.context().close();
  });

  it('a product page keeps the same budget, and remembers what was seen before', async () => {
    const { bytes, blocking } = await weigh(page, products[5] ?? '/');
    expect(bytes).to.be.at.most(budgetBytes);
    expect(blocking).to.be.at.most(2);
    expect(await page.locator('#recently-seen + ul .card').count()).to.be.at.least(3);
  });

  it('no link on the main pages leads nowhere, for guests or for somebody logged in', async () => {
    const somebody = await newShopper(browser, { baseUrl: shop.url });
    const dead = await deadLinks(somebody, ['/', '/login', '/register', '/cart', products[0] ?? '/']);
    await registerInBrowser(somebody, {
      name: 'Ada',
      email: 'ada@example.org',
      password: 'a short sentence',
    });
    expect([...dead, ...(await deadLinks(somebody, ['/', '/orders', '/account']))]).to.deep.equal([]);
    await somebody.context().close();
  });

  it('the total follows the delivery that is chosen, and one press orders for it', async () => {
    const shopper = await newShopper(browser, { baseUrl: shop.url });
    await add(shopper, products[5] ?? '/');
    await shopper.goto('/checkout');
    const button = shopper.locator('form.checkout button');
    const [before, express] = [await button.textContent(), shopper.locator('#shipping-express')];
    await express.check({ force: true });
    expect(await button.textContent())
      .to.equal(await express.getAttribute('data-pay'))
      .and.to.not.equal(before);
    expect(await button.textContent()).to.include(await shopper.locator('#sum-total').textContent());
    await shopper.getByLabel(en['address.street']).fill('Lindenweg 4');
    await fillTheRest(shopper, 'ada@example.org', en);
    await button.click();
    expect(await shopper.getByRole('heading', { level: 1 }).textContent()).to.equal(en['confirmation.title']);
    await shopper.context().close();
  });

  it('a shirt is bought at 320 px, in German, without JavaScript, after a form full of mistakes', async () => {
    const phone = await newShopper(browser, {
      baseUrl: shop.url,
      javaScript: false,
      viewport: { width: 320, height: 640 },
    });
    await phone.goto('/');
    await phone.locator('summary', { hasText: en['preferences.title'] }).click();
    await phone.getByLabel(en['preferences.language'], { exact: true }).selectOption('de');
    await phone.getByRole('button', { name: en['preferences.save'] }).click();
    await add(phone, products[4] ?? '/');
    await phone.getByRole('link', { name: de['cart.checkout'] }).click();
    await phone.getByLabel(de['address.street']).fill('Lindenweg "4" <b>');
    await phone.locator('form.checkout button').click();
    expect(await phone.locator('.error-summary li').count()).to.be.at.least(5);
    expect(await phone.getByLabel(de['address.street']).inputValue()).to.equal('Lindenweg "4" <b>');

    await fillTheRest(phone, 'ada@example.org', de);
    await phone.locator('form.checkout button').click();
    expect(await phone.getByRole('heading', { level: 1 }).textContent()).to.equal(de['confirmation.title']);
    await phone.context().close();
  });
});

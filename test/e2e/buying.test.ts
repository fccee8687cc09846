// The shop as a person meets it: through the load balancer, with a real browser, with and without JavaScript.
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import { de } from '../../app/locales/de.ts';
import { en } from '../../app/locales/en.ts';
import { newShopper, openBrowser, screenshot } from '../support/browser.ts';
import { newEmail } from '../support/shop-client.ts';
import { articlesInCart, checkOut, putFirstArticleInCart, registerInBrowser } from '../support/shopping.ts';
import { timeouts } from '../support/timeouts.ts';

describe('buying an article', function () {
  this.timeout(timeouts.e2eTestMs);
  let browser: Browser;
  let page: Page | undefined;

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    browser = await openBrowser();
  });
  after(() => browser.close());
  afterEach(async function () {
    if (this.currentTest?.state === 'failed' && page) {
      await screenshot(page, `failed ${this.currentTest.title}`);
    }
    await page?.context().close();
    page = undefined;
  });

  for (const { how, words, ...browsing } of [
    { how: 'with JavaScript', words: en, javaScript: true, locale: 'en-GB' },
    { how: 'without JavaScript', words: en, javaScript: false, locale: 'en-GB' },
    { how: 'in German', words: de, javaScript: true, locale: 'de-DE' },
  ]) {
    it(`works for a guest ${how}`, async () => {
      page = await newShopper(browser, browsing);
      const article = await putFirstArticleInCart(page, words);
      expect(await articlesInCart(page)).to.deep.equal([article]);
      await screenshot(page, `cart ${how}`);
      await checkOut(page, 'guest@example.org', words);
      await screenshot(page, `confirmation ${how}`);
      expect(await page.getByRole('main').innerText()).to.contain(article);
      expect(await articlesInCart(page), 'the cart after the order').to.deep.equal([]);
    });

    it(`works for a user ${how}, who finds the order in the history`, async () => {
      page = await newShopper(browser, browsing);
      const email = newEmail();
      const account = { email, name: 'Ada Quill', password: 'a rather long sentence' };
      await registerInBrowser(page, account, words);
      const article = await putFirstArticleInCart(page, words);
      const number = await checkOut(page, email, words);
      await page.goto('/orders');
      await screenshot(page, `orders ${how}`);
      await page.getByRole('link', { name: number }).click();
      expect(await page.getByRole('main').innerText()).to.contain(article);
    });
  }

  it('works on a phone, where no page is wider than the screen', async () => {
    page = await newShopper(browser, { viewport: { width: 360, height: 740 } });
    await putFirstArticleInCart(page);
    for (const path of ['/', '/cart', '/checkout']) {
      await page.goto(path);
      await screenshot(page, `phone ${path === '/' ? 'home' : path.slice(1)}`);
      const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
      expect(overflow, `pixels too wide: ${path}`).to.equal(0);
    }
    await checkOut(page, 'phone@example.org');
  });
});

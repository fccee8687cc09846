// The shop as a person meets it: through the load balancer, with a real browser, with and without JavaScript.
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
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

  for (const javaScript of [true, false]) {
    const how = javaScript ? 'with JavaScript' : 'without JavaScript';

    it(`works for a guest ${how}`, async () => {
      page = await newShopper(browser, { javaScript });
      const article = await putFirstArticleInCart(page);
      expect(await articlesInCart(page)).to.deep.equal([article]);
      await screenshot(page, `cart ${how}`);
      await checkOut(page, 'guest@example.org');
      await screenshot(page, `confirmation ${how}`);
      expect(await page.getByRole('main').innerText()).to.contain(article);
      expect(await articlesInCart(page), 'the cart after the order').to.deep.equal([]);
    });

    it(`works for a user ${how}, who finds the order in the history`, async () => {
      page = await newShopper(browser, { javaScript });
      const email = newEmail();
      await registerInBrowser(page, { email, name: 'Ada Quill', password: 'a rather long sentence' });
      const article = await putFirstArticleInCart(page);
      const number = await checkOut(page, email);
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

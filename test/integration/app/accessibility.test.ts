// Every page in a real Chromium: axe with the WCAG 2.2 A and AA rules in light and dark, widths from 320 px up,
// and the keyboard. The models are samples, so that forms full of problems are checked too.
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'chai';
import type { Browser, Page } from 'playwright-core';
import type { ViewName } from '../../../app/http/view-models.ts';
import { newShopper, openBrowser } from '../../support/browser.ts';
import { timeouts } from '../../support/timeouts.ts';
import { samples } from '../../unit/app/view-samples.ts';
import { serveViews } from './view-server.ts';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Between them these use every colour there is; checking the rest in the dark again would only cost time. */
const darkToo = new Set<ViewName>(['home', 'listing', 'product', 'checkout', 'order', 'error']);
const views = Object.keys(samples) as ViewName[];

/** In the dark only the colours differ, so only they are checked again. */
async function findings(page: Page, colorScheme: 'light' | 'dark'): Promise<readonly string[]> {
  const axe = new AxeBuilder({ page });
  const { violations } = await (
    colorScheme === 'light' ? axe.withTags(rules) : axe.withRules('color-contrast')
  ).analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
}

describe('the pages in a browser', function () {
  this.timeout(timeouts.e2eTestMs);
  let browser: Browser;
  let page: Page;
  let server: Awaited<ReturnType<typeof serveViews>>;
  const complaints: string[] = [];

  before(async function () {
    this.timeout(timeouts.fixtureMs);
    server = await serveViews();
    browser = await openBrowser();
    page = await newShopper(browser, { baseUrl: server.baseUrl });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  after(async () => {
    await browser.close();
    await server.close();
  });

  for (const view of views) {
    it(`${view} has no finding of axe`, async () => {
      for (const colorScheme of darkToo.has(view) ? (['light', 'dark'] as const) : (['light'] as const)) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.goto(`/${view}`);
        expect(await findings(page, colorScheme), colorScheme).to.deep.equal([]);
      }
    });

    it(`${view} fits 320 px in German without scrolling sideways, and axe finds nothing there either`, async () => {
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 320, height: 700 });
      await page.goto(`/${view}?lang=de`);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).to.be.at.most(0);
      expect(await findings(page, 'light')).to.deep.equal([]);
      await page.setViewportSize({ width: 1280, height: 900 });
    });
  }

  it('print an order in black on white, with its lines and without what can only be clicked', async () => {
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await page.goto('/order');
    for (const gone of ['.site-footer', '.site-header nav', 'main button']) {
      expect(await page.locator(gone).filter({ visible: true }).count(), gone).to.equal(0);
    }
    expect(await page.locator('.order-lines').first().isVisible()).to.equal(true);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).to.equal(
      'rgb(255, 255, 255)',
    );
    await page.emulateMedia({ media: 'screen' });
  });

  it('stay together in the middle of a wide screen', async () => {
    await page.setViewportSize({ width: 2560, height: 1300 });
    for (const view of darkToo) {
      await page.goto(`/${view}`);
      const box = await page.locator('main').boundingBox();
      const [left, width] = [box?.x ?? 0, box?.width ?? 2560];
      expect(width, view).to.be.at.most(1_400);
      expect(left, view).to.be.closeTo((2560 - width) / 2, 20);
    }
    await page.setViewportSize({ width: 1280, height: 900 });
  });

  it('reach their content with the first press of Tab', async () => {
    await page.goto('/home');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).to.equal('main');
  });

  it('open a filter and choose in it with the keyboard alone; Escape closes it', async () => {
    await page.goto('/listing');
    const summary = page.locator('.facet > summary').first();
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("details").open')).to.equal(true);
    await page.keyboard.press('Escape');
    expect(await page.locator('.facet[open]').count()).to.equal(0);
    expect(await page.evaluate('document.activeElement.tagName')).to.equal('SUMMARY');
  });

  it('choose a size with the arrow keys', async () => {
    await page.goto('/product');
    await page.locator('input[name="sku"]:checked').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('input[name="sku"]:checked').getAttribute('value')).to.match(/-l$/);
  });

  it('put the focus on the problems of a form that came back', async () => {
    await page.goto('/login');
    expect(await page.evaluate('document.activeElement.className')).to.equal('error-summary');
  });

  it('break no rule of the Content-Security-Policy and log no error', () => {
    expect(complaints).to.deep.equal([]);
  });
});

// Chromium from the system, driven by playwright-core: found, or installed where we are root on Debian; a machine
// without one gets a failure that says how to get it, never a skipped test.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ensurePrograms, findProgram } from '../../app/dev/packages.ts';
import { programs } from './programs.ts';
import { shopUrl } from './shop-client.ts';
import { timeouts } from './timeouts.ts';

const screenshots = 'test/artifacts/screenshots';

/** A closed network refuses what a browser asks for by itself, many times a minute; these keep it quiet. */
const quietFlags = [
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  '--disable-gpu',
];

export interface ShopperOptions {
  /** @default true */
  readonly javaScript?: boolean;
  /** Width and height in CSS pixels. @default 1280 × 900 */
  readonly viewport?: { readonly width: number; readonly height: number };
  /** Which language the browser asks for. @default en-GB */
  readonly locale?: string;
  /** @default the shop under test */
  readonly baseUrl?: string;
}

/** Starts Chromium. The caller closes it. */
export async function openBrowser(): Promise<Browser> {
  await ensurePrograms([programs.chromium], () => undefined);
  return chromium.launch({
    executablePath: findProgram(programs.chromium),
    // Chromium's sandbox needs a user that is not root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: quietFlags,
    timeout: timeouts.fixtureMs,
  });
}

/** A shopper who has never been here: a fresh profile with one page. Closing the context closes the page. */
export async function newShopper(browser: Browser, options: ShopperOptions = {}): Promise<Page> {
  const context: BrowserContext = await browser.newContext({
    baseURL: options.baseUrl ?? shopUrl,
    javaScriptEnabled: options.javaScript ?? true,
    viewport: options.viewport ?? { width: 1280, height: 900 },
    locale: options.locale ?? 'en-GB',
  });
  context.setDefaultTimeout(timeouts.browserStepMs);
  return context.newPage();
}

/** Keeps a picture of the page under test/artifacts/screenshots/. */
export async function screenshot(page: Page, name: string): Promise<void> {
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name.replaceAll(' ', '-')}.png`), fullPage: true });
}

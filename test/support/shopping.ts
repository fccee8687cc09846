// What a person does in the shop, through the browser: by roles and labels, as somebody reads the page.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { en } from '../../app/locales/en.ts';

/** The words on the page before a value that is filled in: "Order and pay {total}" → /Order and pay/. */
const words = (key: keyof typeof en): RegExp => {
  const [before = ''] = en[key].split('{');
  return new RegExp(before.trim().replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&'));
};

export interface Bought {
  /** What the article is called. */
  readonly name: string;
  /** The number people see, e.g. "MC-100042". */
  readonly orderNumber: string;
}

/** Opens the first article of the first category and puts one piece of a size that is in stock into the cart. */
export async function putFirstArticleInCart(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByRole('navigation', { name: en['layout.categories'] }).getByRole('link').first().click();
  await page.getByRole('main').locator('ul.cards').getByRole('link').first().click();
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  const sizes = page.getByRole('group', { name: en['product.size'] });
  await sizes.getByRole('radio', { disabled: false }).first().check();
  await page.getByRole('button', { name: en['product.add'] }).click();
  return name.trim();
}

/** The names of the articles in the cart, as its page shows them. */
export async function articlesInCart(page: Page): Promise<string[]> {
  await page.goto('/cart');
  return page.getByRole('main').locator('li.line').getByRole('heading').allInnerTexts();
}

export async function registerInBrowser(
  page: Page,
  account: { email: string; name: string; password: string },
): Promise<void> {
  await page.goto('/register');
  await page.getByLabel(en['field.name'], { exact: true }).fill(account.name);
  await page.getByLabel(en['field.email']).fill(account.email);
  await page.getByLabel(en['field.password'], { exact: true }).fill(account.password);
  await page.getByRole('button', { name: en['register.submit'] }).click();
  await page.getByText(en['account.menu']).first().waitFor({ state: 'attached' });
}

export async function logInInBrowser(
  page: Page,
  account: { email: string; password: string },
): Promise<void> {
  await page.goto('/login');
  await page.getByLabel(en['field.email']).fill(account.email);
  await page.getByLabel(en['field.password'], { exact: true }).fill(account.password);
  await page.getByRole('button', { name: en['login.submit'] }).click();
  await page.getByText(en['account.menu']).first().waitFor({ state: 'attached' });
}

/** Checks out what is in the cart and returns the number of the order. */
export async function checkOut(page: Page, email: string): Promise<string> {
  await page.goto('/cart');
  await page.getByRole('link', { name: en['cart.checkout'] }).click();
  await page.getByLabel(en['checkout.email']).fill(email);
  await page.getByLabel(en['address.name']).fill('Ada Quill');
  await page.getByLabel(en['address.street']).fill('Lindenweg 4');
  await page.getByLabel(en['address.postcode']).fill('10115');
  await page.getByLabel(en['address.city']).fill('Berlin');
  await page.getByLabel(en['checkout.cardNumber']).fill('4242 4242 4242 4242');
  await page.getByLabel(en['checkout.cardExpiry']).fill('12/34');
  await page.getByLabel(en['checkout.cardCode']).fill('123');
  await page.getByRole('button', { name: words('checkout.pay') }).click();
  await page.getByRole('heading', { name: en['confirmation.title'] }).waitFor();
  const facts = await page.getByRole('main').innerText();
  const number = /MC-\d+/.exec(facts)?.[0];
  expect(number, 'the number of the order on the confirmation').to.be.a('string');
  return number ?? '';
}

// What a person does in the shop, through the browser: by roles and labels, as somebody reads the page, in the language
// whose words are given.
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { en } from '../../app/locales/en.ts';

export type Words = Readonly<Record<keyof typeof en, string>>;

/** The words on the page around a value that is filled in: "Order and pay {total}" → /Order and pay .+/. */
function around(text: string): RegExp {
  const literal = (part: string): string => part.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&');
  return new RegExp(
    text
      .split(/\{\w+\}/)
      .map(literal)
      .join('.+'),
  );
}

/** Opens the first article of the first category and puts one piece of a size that is in stock into the cart. */
export async function putFirstArticleInCart(page: Page, words: Words = en): Promise<string> {
  await page.goto('/');
  await page.getByRole('navigation', { name: words['layout.categories'] }).getByRole('link').first().click();
  await page.getByRole('main').locator('ul.cards').getByRole('link').first().click();
  const name = (await page.getByRole('heading', { level: 1 }).textContent()) ?? '';
  const sizes = page.getByRole('group', { name: words['product.size'] });
  await sizes.getByRole('radio', { disabled: false }).first().check();
  await page.getByRole('button', { name: words['product.add'] }).click();
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
  words: Words = en,
): Promise<void> {
  await page.goto('/register');
  await page.getByLabel(words['field.name'], { exact: true }).fill(account.name);
  await page.getByLabel(words['field.email']).fill(account.email);
  await page.getByLabel(words['field.password'], { exact: true }).fill(account.password);
  await page.getByRole('button', { name: words['register.submit'] }).click();
  await page.getByText(words['account.menu']).first().waitFor({ state: 'attached' });
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

/** Everything the checkout asks for, but the street. */
export async function fillTheRest(page: Page, email: string, words: Words): Promise<void> {
  await page.getByLabel(words['checkout.email']).fill(email);
  await page.getByLabel(words['address.name']).fill('Ada Quill');
  await page.getByLabel(words['address.postcode']).fill('10115');
  await page.getByLabel(words['address.city']).fill('Berlin');
  await page.getByLabel(words['checkout.cardNumber']).fill('4242 4242 4242 4242');
  await page.getByLabel(words['checkout.cardExpiry']).fill('12/34');
  await page.getByLabel(words['checkout.cardCode']).fill('123');
}

/** Checks out what is in the cart and returns the number of the order. */
export async function checkOut(page: Page, email: string, words: Words = en): Promise<string> {
  await page.goto('/cart');
  await page.getByRole('link', { name: words['cart.checkout'] }).click();
  await page.getByLabel(words['address.street']).fill('Lindenweg 4');
  await fillTheRest(page, email, words);
  await page.getByRole('button', { name: around(words['checkout.pay']) }).click();
  await page.getByRole('heading', { name: words['confirmation.title'] }).waitFor();
  const facts = await page.getByRole('main').innerText();
  const number = /MC-\d+/.exec(facts)?.[0];
  expect(number, 'the number of the order on the confirmation').to.be.a('string');
  return number ?? '';
}

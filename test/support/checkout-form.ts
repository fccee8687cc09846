// The form of the checkout page as a browser without scripts fills it in and sends it.
import type { Answer, ShopClient } from './shop-client.ts';

export type Fields = Readonly<Record<string, string>>;

/** What a shopper types, with a card that pays. */
export const typed = {
  email: 'ada@example.org',
  name: 'Ada Quill',
  street: 'Lindenweg 4',
  postcode: '10115',
  city: 'Berlin',
  country: 'DE',
  cardNumber: '4242 4242 4242 4242',
  cardExpiry: '12/34',
  cardCode: '123',
};

/** What the page's form sends without anything typed: its hidden fields and the chosen delivery. */
export function fieldsIn(html: string): Fields {
  const inputs = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  const hidden = Array.from(inputs, ([, name = '', value = '']) => [name, value]);
  const shipping = /name="shipping" value="(\w+)"[^>]* checked/.exec(html)?.[1] ?? '';
  return { ...(Object.fromEntries(hidden) as Fields), shipping };
}

/** Sends what is typed together with `fields`, which win. */
export function press(client: ShopClient, fields: Fields): Promise<Answer<string>> {
  return client.request('POST', '/checkout', new URLSearchParams({ ...typed, ...fields }).toString(), {
    'content-type': 'application/x-www-form-urlencoded',
  });
}

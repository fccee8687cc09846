// An order as a mail says it: its number, what it is of, what it costs and where it goes, so that a guest who reads the
// mail on another device, where the order's page is not hers to see, has it all the same.
import { colourOf, sizeText } from '../catalog/present.ts';
import { amount } from '../http/format.ts';
import { say, sayIfKnown } from '../http/messages.ts';
import type { Language } from '../http/view-parts.ts';
import type { Order, OrderLine } from '../orders/order.ts';

const WORDS = {
  en: { number: 'Order', shipping: 'Shipping', total: 'Total', to: 'Goes to' },
  de: { number: 'Bestellung', shipping: 'Versand', total: 'Summe', to: 'Geht an' },
} as const satisfies Record<Language, Readonly<Record<string, string>>>;

function lineText({ name, colour, size, quantity, priceCents }: OrderLine, order: Order, language: Language) {
  const article = [name[language], colourOf(colour).name[language], sizeText(size, language)];
  const price = amount(priceCents * quantity, order.currency, language).text;
  return `  ${quantity} × ${article.filter((part) => part !== '').join(', ')}: ${price}`;
}

export function orderText(order: Order, language: Language): string {
  const words = WORDS[language];
  const { name, street, postcode, city, country } = order.address;
  const money = (cents: number): string => amount(cents, order.currency, language).text;
  const way = sayIfKnown(language, `shipping.${order.shipping}`) ?? order.shipping;
  const where = [name, street, `${postcode} ${city}`, sayIfKnown(language, `country.${country}`) ?? country];
  return [
    `${words.number} ${order.number}`,
    ...order.lines.map((line) => lineText(line, order, language)),
    `  ${words.shipping} (${way}): ${money(order.shippingCents)}`,
    `  ${words.total}: ${money(order.totalCents)} (${say(language, 'order.card', { digits: order.cardLastFour })})`,
    `${words.to}: ${where.join(', ')}`,
  ].join('\n');
}

// A priced cart as a page and as JSON.
import { colourOf, productHref, sizeText } from '../catalog/present.ts';
import type { Viewer } from '../catalog/present.ts';
import { SHIPPING, shippingCents } from '../checkout/shipping.ts';
import { amount, convert, price } from '../http/format.ts';
import { say } from '../http/messages.ts';
import type { CartLineModel, CartModel } from '../http/view-models-sale.ts';
import type { Money } from '../http/view-parts.ts';
import { countPieces, MAX_QUANTITY } from './cart.ts';
import type { PricedCart, PricedLine } from './service.ts';

export const LINE_NOTES = ['soldOut', 'onlyLeft', 'priceUp', 'priceDown'] as const;
type LineNote = (typeof LINE_NOTES)[number];

/** What the shopper should know before buying; null when nothing changed since it was put in. */
function noteOf({ variant, quantity, seenPriceCents }: PricedLine): LineNote | null {
  const { stock, priceCents } = variant;
  if (stock === 0) return 'soldOut';
  if (stock < quantity) return 'onlyLeft';
  if (seenPriceCents === 0 || seenPriceCents === priceCents) return null;
  return priceCents > seenPriceCents ? 'priceUp' : 'priceDown';
}

/** The same as a sentence: '' when nothing changed. */
export function noteFor(line: PricedLine, viewer: Viewer): string {
  const note = noteOf(line);
  if (note === null) return '';
  const { stock, priceCents } = line.variant;
  return say(viewer.language, `cart.note.${note}`, {
    count: stock,
    old: price(line.seenPriceCents, viewer).text,
    new: price(priceCents, viewer).text,
  });
}

/**
 * What a line costs in the shopper's currency: the converted price of one piece times the quantity, so that the
 * sum on the page is the sum of what is shown.
 */
export function lineTotal(line: PricedLine, viewer: Viewer): Money {
  const cents = convert(line.variant.priceCents, viewer.currency) * line.quantity;
  return amount(cents, viewer.currency, viewer.language);
}

export function subtotalOf(lines: readonly PricedLine[], viewer: Viewer): Money {
  const cents = lines.reduce((sum, line) => sum + lineTotal(line, viewer).cents, 0);
  return amount(cents, viewer.currency, viewer.language);
}

export function lineModel(line: PricedLine, viewer: Viewer): CartLineModel {
  const { variant } = line;
  return {
    sku: line.sku,
    name: variant.name[viewer.language],
    href: productHref(variant.slug, variant.colour),
    picture: viewer.pictureUrl(`${variant.slug}-${variant.colour}`),
    colour: colourOf(variant.colour).name[viewer.language],
    size: sizeText(variant.size, viewer.language),
    quantity: line.quantity,
    maxQuantity: MAX_QUANTITY,
    price: price(variant.priceCents, viewer),
    total: lineTotal(line, viewer),
    note: noteFor(line, viewer),
  };
}

export function cartModel(priced: PricedCart, viewer: Viewer, operationId: string): CartModel {
  const { lines } = priced;
  return {
    lines: lines.map((line) => lineModel(line, viewer)),
    subtotal: subtotalOf(lines, viewer),
    count: countPieces(priced.cart),
    operationId,
    checkoutHref: '/checkout',
    canCheckout: lines.length > 0 && lines.every((line) => line.variant.stock >= line.quantity),
  };
}

/** The JSON API's cart; amounts in euro cents. Its `totalCents` is the sum of the goods. */
export function cartJson(priced: PricedCart) {
  const { subtotalCents } = priced;
  return {
    version: priced.cart.version,
    lines: priced.lines.map((line) => ({
      sku: line.sku,
      quantity: line.quantity,
      priceCents: line.variant.priceCents,
      seenPriceCents: line.seenPriceCents === 0 ? null : line.seenPriceCents,
      stock: line.variant.stock,
      note: noteOf(line),
    })),
    totalCents: subtotalCents,
    shipping: SHIPPING.map((method) => {
      const priceCents = shippingCents(method, subtotalCents);
      return { method, priceCents, totalCents: subtotalCents + priceCents };
    }),
  };
}

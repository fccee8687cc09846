// A priced cart as a page and as JSON.
import { colourOf, productHref, sizeText } from '../catalog/present.ts';
import type { Viewer } from '../catalog/present.ts';
import { amount, convert, price } from '../http/format.ts';
import { say } from '../http/messages.ts';
import type { CartLineModel, CartModel } from '../http/view-models-sale.ts';
import type { Money } from '../http/view-parts.ts';
import { countPieces, MAX_QUANTITY } from './cart.ts';
import type { PricedCart, PricedLine } from './service.ts';

/** What the shopper should know before buying: '' when nothing changed. */
export function noteFor(line: PricedLine, viewer: Viewer): string {
  const { stock, priceCents } = line.variant;
  if (stock === 0) return say(viewer.language, 'cart.note.soldOut');
  if (stock < line.quantity) return say(viewer.language, 'cart.note.onlyLeft', { count: stock });
  if (line.seenPriceCents === 0 || line.seenPriceCents === priceCents) return '';
  const values = { old: price(line.seenPriceCents, viewer).text, new: price(priceCents, viewer).text };
  const key = priceCents > line.seenPriceCents ? 'cart.note.priceUp' : 'cart.note.priceDown';
  return say(viewer.language, key, values);
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

/** The JSON API's cart; amounts in euro cents. */
export function cartJson(priced: PricedCart) {
  return {
    version: priced.cart.version,
    lines: priced.lines.map((line) => {
      return { sku: line.sku, quantity: line.quantity, priceCents: line.variant.priceCents };
    }),
    totalCents: priced.subtotalCents,
  };
}

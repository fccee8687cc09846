// Articles as cards and choices on a page: pure functions from the catalogue's data to the models of views.
import { price } from '../http/format.ts';
import { say, sayIfKnown } from '../http/messages.ts';
import type { Currency, Language, ProductCard } from '../http/view-parts.ts';
import type { ListedProduct } from './product.ts';
import { COLOURS } from './seed-product.ts';

/** How and where to present: the visitor's choices and the URLs of pictures. */
export interface Viewer {
  readonly language: Language;
  readonly currency: Currency;
  readonly pictureUrl: (name: string) => string;
}

const UNKNOWN_COLOUR = { name: { en: '', de: '' }, hex: '#888888' };

export function colourOf(slug: string): { name: { en: string; de: string }; hex: string } {
  return slug in COLOURS ? COLOURS[slug as keyof typeof COLOURS] : UNKNOWN_COLOUR;
}

export function sizeText(size: string, language: Language): string {
  return sayIfKnown(language, `size.${size}`) ?? size.toUpperCase();
}

export function productHref(slug: string, colour?: string): string {
  return colour === undefined ? `/products/${slug}` : `/products/${slug}?colour=${colour}`;
}

/** `wanted` are the colours the list is filtered by: the picture shows one of them where there is one. */
export function cardOf(product: ListedProduct, viewer: Viewer, wanted: readonly string[] = []): ProductCard {
  const shown = product.colours.find((colour) => wanted.includes(colour));
  const pictured = shown ?? product.colours[0] ?? '';
  return {
    slug: product.slug,
    name: product.name[viewer.language],
    href: productHref(product.slug, shown),
    price: price(product.priceCents, viewer),
    picture: viewer.pictureUrl(`${product.slug}-${pictured}`),
    colours: product.colours.map((slug) => {
      const { name, hex } = colourOf(slug);
      return { name: name[viewer.language], hex };
    }),
    soldOut: !product.inStock,
  };
}

/** From this many pieces on, a number would say nothing. */
const FEW = 5;

export function stockText(stock: number, language: Language): string {
  if (stock === 0) return say(language, 'stock.out');
  return stock < FEW ? say(language, 'stock.few', { count: stock }) : say(language, 'stock.in');
}

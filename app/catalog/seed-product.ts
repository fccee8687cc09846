// What a seeded article looks like. The seed data (app/seed/catalogue.ts) is written against these types, the
// `seed` command stores it, and the pictures are drawn from it; all three meet here and nowhere else.
import type { PictureKind } from '../seed/picture-kinds.ts';

export type Localized = Readonly<Record<'en' | 'de', string>>;

/** Every colour the shop knows: the slug used in SKUs, URLs and facets, its names and its paint. */
export const COLOURS = {
  black: { name: { en: 'Black', de: 'Schwarz' }, hex: '#22252b' },
  white: { name: { en: 'White', de: 'Weiß' }, hex: '#f4f2ec' },
  grey: { name: { en: 'Grey', de: 'Grau' }, hex: '#8d939c' },
  navy: { name: { en: 'Navy', de: 'Marine' }, hex: '#23345c' },
  blue: { name: { en: 'Blue', de: 'Blau' }, hex: '#3f74b5' },
  green: { name: { en: 'Green', de: 'Grün' }, hex: '#3f7d5a' },
  olive: { name: { en: 'Olive', de: 'Oliv' }, hex: '#747648' },
  red: { name: { en: 'Red', de: 'Rot' }, hex: '#b93a3a' },
  rose: { name: { en: 'Rose', de: 'Rosé' }, hex: '#dca3a5' },
  sand: { name: { en: 'Sand', de: 'Sand' }, hex: '#d5bf98' },
  brown: { name: { en: 'Brown', de: 'Braun' }, hex: '#75503a' },
  mustard: { name: { en: 'Mustard', de: 'Senfgelb' }, hex: '#cf9d37' },
} as const satisfies Record<string, { name: Localized; hex: string }>;

export type Colour = keyof typeof COLOURS;

/** In the order in which sizes are listed to a shopper. `one` is for things that come in one size. */
export const SIZES = [
  'xs',
  's',
  'm',
  'l',
  'xl',
  'xxl',
  ...(['36', '37', '38', '39', '40', '41', '42', '43', '44', '45', '46'] as const),
  'one',
] as const;

export type Size = (typeof SIZES)[number];

export interface SeedCategory {
  readonly slug: string;
  readonly name: Localized;
  /** One sentence for the head of the category page. */
  readonly description: Localized;
}

export interface SeedVariant {
  readonly colour: Colour;
  readonly size: Size;
  /** Pieces on the shelf when the shop is first seeded; a few are 0 or 1 so that "sold out" is seen. */
  readonly stock: number;
}

export interface SeedProduct {
  /** Lower-case letters, digits and dashes; never changes, it is in URLs and SKUs. */
  readonly slug: string;
  readonly category: SeedCategory['slug'];
  readonly name: Localized;
  readonly description: Localized;
  readonly picture: PictureKind;
  /** Euro cents. */
  readonly priceCents: number;
  readonly variants: readonly SeedVariant[];
}

/** The one way a SKU is made, so that a SKU in an old order still names the same piece. */
export function skuOf(slug: string, colour: string, size: string): string {
  return `${slug}-${colour}-${size}`;
}

/** The article a SKU belongs to: colours and sizes have no dash. '' where there is none. */
export function slugOf(sku: string): string {
  const beforeSize = sku.lastIndexOf('-');
  const beforeColour = sku.lastIndexOf('-', beforeSize - 1);
  return beforeSize > 0 && beforeColour > 0 ? sku.slice(0, beforeColour) : '';
}

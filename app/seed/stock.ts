// Builds seed articles from short entries: spells out the variants and gives each a fixed first stock.
import {
  skuOf,
  type Colour,
  type SeedProduct,
  type SeedVariant,
  type Size,
} from '../catalog/seed-product.ts';
import type { PictureKind } from './picture-kinds.ts';

export const letters = ['xs', 's', 'm', 'l', 'xl', 'xxl'] as const;
export const smallShoes = ['36', '37', '38', '39', '40', '41'] as const;
export const largeShoes = ['40', '41', '42', '43', '44', '45', '46'] as const;
export const oneSize = ['one'] as const;

export interface Entry {
  readonly slug: string;
  readonly picture: PictureKind;
  readonly priceCents: number;
  readonly colours: readonly Colour[];
  readonly sizes: readonly Size[];
  /** Name and description. */
  readonly en: readonly [string, string];
  readonly de: readonly [string, string];
}

/** A small stable number from a text (FNV-1a); not for secrets. */
export function numberFrom(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return hash >>> 0;
}

/** About one variant in fourteen is sold out and one in fourteen is the last piece; the rest have 4–43. */
function firstStock(sku: string): number {
  const number = numberFrom(sku);
  const fate = number % 14;
  return fate < 2 ? fate : 4 + ((number >>> 8) % 40);
}

const variant = (slug: string, colour: Colour, size: Size): SeedVariant => ({
  colour,
  size,
  stock: firstStock(skuOf(slug, colour, size)),
});

export function shelf(category: string, entries: readonly Entry[]): readonly SeedProduct[] {
  return entries.map((entry) => ({
    slug: entry.slug,
    category,
    name: { en: entry.en[0], de: entry.de[0] },
    description: { en: entry.en[1], de: entry.de[1] },
    picture: entry.picture,
    priceCents: entry.priceCents,
    variants: entry.colours.flatMap((colour) => entry.sizes.map((size) => variant(entry.slug, colour, size))),
  }));
}

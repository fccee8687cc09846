// Draws every picture in the shop: a piece lying flat on a sheet of coloured paper. The same request always gives
// the same bytes, so pictures can be cached for ever and need no files in the image.
import { COLOURS, type Colour, type SeedCategory, type SeedProduct } from '../catalog/seed-product.ts';
import { drawGarment, type Garment } from './drawing/cloth.ts';
import { paperUnder, tonesOf } from './drawing/colour.ts';
import { garmentOf } from './drawing/garments.ts';
import { drawWeave } from './drawing/weaves.ts';
import { partsOf, type PictureKind } from './picture-kinds.ts';
import { numberFrom } from './stock.ts';

interface PictureOptions {
  /** Chooses the paper and how the piece lies. */
  readonly seed: number;
  /** Colour of stripes, dots, soles: #rrggbb. */
  readonly accent?: string;
}

/** `hex` is #rrggbb. Returns a complete SVG document of 2–4 kB without styles or scripts. */
export function drawKind(kind: PictureKind, hex: string, { seed, accent }: PictureOptions): string {
  const { cut, weave } = partsOf(kind);
  const tones = tonesOf(hex, accent);
  const garment: Garment = garmentOf(cut);
  const turn = garment.upright ? 0 : (seed % 5) - 2;
  return drawGarment(garment, tones, paperUnder(hex, seed), drawWeave(weave, tones), turn);
}

/** The picture of one article in one colour. */
export function drawPicture(product: Pick<SeedProduct, 'slug' | 'picture' | 'name'>, colour: Colour): string {
  return drawKind(product.picture, COLOURS[colour].hex, { seed: numberFrom(product.slug + colour) });
}

const emblems: Readonly<Record<string, readonly [PictureKind, Colour]>> = {
  tops: ['tshirt:stripes', 'navy'],
  shirts: ['shirt:check', 'blue'],
  knitwear: ['sweater:cable', 'mustard'],
  sweats: ['hoodie', 'green'],
  jackets: ['coat', 'sand'],
  trousers: ['jeans:denim', 'blue'],
  dresses: ['dress:floral', 'red'],
  shoes: ['boot', 'brown'],
  accessories: ['backpack', 'olive'],
};

/** The picture that stands for a category. */
export function drawCategoryPicture(category: Pick<SeedCategory, 'slug'>): string {
  const [kind, colour] = emblems[category.slug] ?? ['tshirt', 'grey'];
  return drawKind(kind, COLOURS[colour].hex, { seed: numberFrom(category.slug) });
}

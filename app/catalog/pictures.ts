// Which pictures can be drawn, by the name in their URL: "<slug>-<colour>" for an article, "category-<slug>" for a
// category. Anything else is not found, so nobody can make the shop draw without end.
import type { PictureSource } from '../http/assets.ts';
import { drawCategoryPicture, drawPicture } from '../seed/pictures.ts';
import type { Colour, SeedCategory, SeedProduct } from './seed-product.ts';

export function pictureSource(
  catalogue: readonly SeedProduct[],
  categories: readonly SeedCategory[],
): PictureSource {
  const drawings = new Map<string, () => string>();
  for (const category of categories) {
    drawings.set(`category-${category.slug}`, () => drawCategoryPicture(category));
  }
  for (const product of catalogue) {
    for (const colour of new Set<Colour>(product.variants.map((variant) => variant.colour))) {
      drawings.set(`${product.slug}-${colour}`, () => drawPicture(product, colour));
    }
  }
  return { draw: (name) => drawings.get(name)?.() };
}

// The product page: one colour at a time, its sizes to choose from.
import { price } from '../http/format.ts';
import type { ProductModel } from '../http/view-models.ts';
import { MAX_QUANTITY } from '../cart/cart.ts';
import { cardOf, colourOf, productHref, sizeText, stockText } from './present.ts';
import type { Viewer } from './present.ts';
import type { ListedProduct, Product, Variant } from './product.ts';
import type { Localized } from './seed-product.ts';

export interface Chosen {
  readonly sku: string;
  readonly quantity: number;
}

export interface ProductScene {
  readonly product: Product;
  /** From the URL; the first colour in stock where it is missing or unknown. */
  readonly colour: string;
  readonly operationId: string;
  readonly problem: string;
  /** By an attempt that was refused, to be shown again; a SKU of no size that can be had chooses nothing. */
  readonly chosen: Chosen;
  readonly categories: readonly { slug: string; name: Localized }[];
  readonly boughtTogether: readonly ListedProduct[];
  /** Shown while nobody has bought anything together with it. */
  readonly alike: readonly ListedProduct[];
  readonly recentlySeen: readonly ListedProduct[];
  readonly viewer: Viewer;
}

function chosenColour(product: Product, wanted: string): string {
  const has = (test: (variant: Variant) => boolean): string | undefined =>
    product.variants.find(test)?.colour;
  return (
    has((variant) => variant.colour === wanted) ??
    has((variant) => variant.stock > 0) ??
    product.variants[0]?.colour ??
    ''
  );
}

function variantChoices(
  variants: readonly Variant[],
  { viewer, chosen }: ProductScene,
): ProductModel['variants'] {
  // With a single size there is nothing to choose; otherwise choosing is left to the shopper.
  const checked = variants.find(
    ({ stock, sku }) => stock > 0 && (variants.length === 1 || sku === chosen.sku),
  );
  return variants.map((variant) => ({
    sku: variant.sku,
    size: sizeText(variant.size, viewer.language),
    price: price(variant.priceCents, viewer),
    inStock: variant.stock > 0,
    stockText: stockText(variant.stock, viewer.language),
    checked: variant === checked,
  }));
}

export function productModel(scene: ProductScene): ProductModel {
  const { product, viewer } = scene;
  const colour = chosenColour(product, scene.colour);
  const variants = product.variants.filter((variant) => variant.colour === colour);
  const category = scene.categories.find(({ slug }) => slug === product.category);
  const colourName = (slug: string): string => colourOf(slug).name[viewer.language];
  return {
    slug: product.slug,
    name: product.name[viewer.language],
    description: product.description[viewer.language],
    category: { name: category?.name[viewer.language] ?? '', href: `/category/${product.category}` },
    price: price(Math.min(...variants.map((variant) => variant.priceCents)), viewer),
    picture: viewer.pictureUrl(`${product.slug}-${colour}`),
    pictureAlt: `${product.name[viewer.language]}, ${colourName(colour)}`,
    colours: [...new Set(product.variants.map((variant) => variant.colour))].map((slug) => ({
      value: slug,
      text: colourName(slug),
      href: productHref(product.slug, slug),
      current: slug === colour,
      hex: colourOf(slug).hex,
      picture: viewer.pictureUrl(`${product.slug}-${slug}`),
    })),
    variants: variantChoices(variants, scene),
    soldOut: variants.every((variant) => variant.stock === 0),
    maxQuantity: MAX_QUANTITY,
    quantity: scene.chosen.quantity,
    operationId: scene.operationId,
    problem: scene.problem,
    boughtTogether: scene.boughtTogether.map((other) => cardOf(other, viewer)),
    alike: scene.alike.map((other) => cardOf(other, viewer)),
    recentlySeen: scene.recentlySeen.map((other) => cardOf(other, viewer)),
  };
}

// Samples of the pages on which a shopper looks around.
import { COLOURS } from '../../../app/catalog/seed-product.ts';
import type { ViewModels } from '../../../app/http/view-models.ts';
import { catalogue, categories } from '../../../app/seed/catalogue.ts';
import { coloursOf, money, pictureOf, spread } from './sample-parts.ts';

export const listing: ViewModels['listing'] = {
  heading: 'Knitwear',
  description: categories[2]?.description.en ?? '',
  query: '',
  items: spread(3, 12),
  total: 63,
  summary: '1–12 of 63',
  facets: [
    {
      name: 'size',
      title: 'Size',
      choices: ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((text, index) => ({
        value: text.toLowerCase(),
        text,
        href: `?size=${text.toLowerCase()}`,
        current: index === 2,
        count: 12 - index,
      })),
    },
    {
      name: 'colour',
      title: 'Colour',
      choices: Object.entries(COLOURS).map(([value, colour], index) => ({
        value,
        text: colour.name.en,
        hex: colour.hex,
        href: `?colour=${value}`,
        current: index === 3,
        count: 4,
      })),
    },
    {
      name: 'price',
      title: 'Price',
      choices: [{ value: '0-50', text: 'up to €50', href: '?price=0-50', current: false, count: 9 }],
    },
  ],
  active: [
    { text: 'M', removeHref: '?' },
    { text: 'Navy', removeHref: '?' },
  ],
  clearHref: '?',
  sorts: [
    { value: 'newest', text: 'Newest first', href: '?sort=newest', current: true },
    { value: 'price', text: 'Price, low to high', href: '?sort=price', current: false },
  ],
  pages: [1, 2, 3, 4, 5, 6].map((number) => ({ number, href: `?page=${number}`, current: number === 2 })),
  previousHref: '?page=1',
  nextHref: '?page=3',
};

export function productModel(): ViewModels['product'] {
  const product = catalogue[18];
  if (!product) throw new Error('the catalogue is too small for the samples');
  const colours = coloursOf(product);
  return {
    slug: product.slug,
    name: product.name.en,
    description: product.description.en,
    category: { name: 'Knitwear', href: '/category/knitwear' },
    price: money(product.priceCents),
    picture: pictureOf(product, colours[1]),
    pictureAlt: `${product.name.en} in navy`,
    colours: colours.map((colour, index) => ({
      value: colour,
      text: COLOURS[colour].name.en,
      href: `?colour=${colour}`,
      current: index === 1,
      hex: COLOURS[colour].hex,
      picture: pictureOf(product, colour),
    })),
    variants: ['XS', 'S', 'M', 'L', 'XL', 'XXL'].map((size, index) => ({
      sku: `${product.slug}-navy-${size.toLowerCase()}`,
      size,
      price: money(product.priceCents),
      inStock: index !== 4,
      stockText: index === 4 ? 'Sold out' : index === 1 ? 'Only 2 left' : 'In stock',
      checked: index === 2,
    })),
    soldOut: false,
    maxQuantity: 10,
    quantity: 1,
    operationId: 'op-2',
    problem: '',
    boughtTogether: spread(30, 4),
    alike: spread(20, 4),
    recentlySeen: spread(50, 4),
  };
}

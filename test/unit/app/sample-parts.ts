// The pieces the view samples share: money, product cards, the frame of a page, a form that came back with
// problems in every field.
import { catalogue, categories } from '../../../app/seed/catalogue.ts';
import { COLOURS, type Colour, type SeedProduct } from '../../../app/catalog/seed-product.ts';
import { translator } from '../../../app/locales/translate.ts';
import type { FormModel, Language, Layout, Money, ProductCard } from '../../../app/http/view-parts.ts';

export const money = (cents: number): Money => ({
  cents,
  currency: 'EUR',
  text: new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' }).format(cents / 100),
});

export const coloursOf = (product: SeedProduct): readonly Colour[] => [
  ...new Set(product.variants.map((variant) => variant.colour)),
];

export const pictureOf = (product: SeedProduct, colour?: Colour): string =>
  `/pictures/${product.slug}-${colour ?? coloursOf(product)[0] ?? 'grey'}.svg`;

export function card(product: SeedProduct, soldOut = false): ProductCard {
  return {
    slug: product.slug,
    name: product.name.en,
    href: `/product/${product.slug}`,
    price: money(product.priceCents),
    picture: pictureOf(product),
    colours: coloursOf(product).map((colour) => ({
      name: COLOURS[colour].name.en,
      hex: COLOURS[colour].hex,
    })),
    soldOut,
  };
}

export const spread = (start: number, count: number): readonly ProductCard[] =>
  Array.from({ length: count }, (_, index) => catalogue[(start + index * 7) % catalogue.length])
    .filter((product) => product !== undefined)
    .map((product, index) => card(product, index === 2));

export function sampleLayout(language: Language, overrides: Partial<Layout> = {}): Layout {
  return {
    title: 'A page',
    language,
    currency: 'EUR',
    t: translator(language),
    path: '/somewhere?a=1&b=2',
    categories: categories.map((category, index) => ({
      name: category.name[language],
      href: `/category/${category.slug}`,
      current: index === 2,
    })),
    searchQuery: '',
    cartCount: 3,
    user: { name: 'Ada Lovelace', staff: true },
    flash: { kind: 'success', text: 'Added to your cart.' },
    notice: '',
    asset: (file) => `/assets/${file}`,
    pod: 'app-7c9f5d6b8-x2kqp',
    requestId: '0f8fad5b-d9cb-469f-a165-70867728950e',
    sessionStrategy: 'redis',
    ...overrides,
  };
}

export const form = <Field extends string>(
  action: string,
  values: Record<Field, string>,
): FormModel<Field> => ({
  action,
  values,
  problems: Object.fromEntries(
    Object.keys(values).map((field) => [field, [`Please check the ${field}.`, 'It is needed.']]),
  ) as Partial<Record<Field, string[]>>,
  general: ['The total has changed since you saw it.'],
});

export const countries = [
  { code: 'DE', text: 'Germany', selected: true },
  { code: 'AT', text: 'Austria', selected: false },
];
export const addressValues = {
  name: 'Ada <b>',
  street: 'Square 12 "B"',
  postcode: '1',
  city: 'L',
  country: 'DE',
};

// A listing as a page: facets, sorts and pages are links that change one thing of the URL and keep the rest, so
// everything works without JavaScript and can be bookmarked.
import { amount, convert } from '../http/format.ts';
import { say } from '../http/messages.ts';
import type { Facet, ListingModel } from '../http/view-models.ts';
import { cardOf, colourOf, sizeText } from './present.ts';
import type { Viewer } from './present.ts';
import { PAGE_SIZE, PRICE_RANGES, SORTS } from './product.ts';
import type { FacetCount, Filter, Listing, PriceRange } from './product.ts';
import { COLOURS, SIZES } from './seed-product.ts';
import type { Localized } from './seed-product.ts';

export interface ListingPlace {
  /** '/search' or '/category/<slug>'. */
  readonly path: string;
  readonly heading: string;
  readonly description: string;
  readonly categories: readonly { slug: string; name: Localized }[];
}

type Change = Partial<Pick<Filter, 'sizes' | 'colours' | 'price' | 'sort' | 'page'>>;

/** The URL of the same listing with `change`; any change but of the page leads to page 1. */
export function hrefOf(path: string, filter: Filter, change: Change): string {
  const next = { ...filter, page: 1, ...change };
  const query = new URLSearchParams();
  if (next.query !== '') query.set('q', next.query);
  for (const size of next.sizes) query.append('size', size);
  for (const colour of next.colours) query.append('colour', colour);
  if (next.price !== null) query.set('price', next.price.value);
  if (next.sort !== (next.query === '' ? 'newest' : 'relevance')) query.set('sort', next.sort);
  if (next.page > 1) query.set('page', String(next.page));
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

function toggled(values: readonly string[], value: string): readonly string[] {
  return values.includes(value) ? values.filter((other) => other !== value) : [...values, value];
}

function priceText(range: PriceRange, viewer: Viewer): string {
  const text = (cents: number | null): string =>
    amount(convert(cents ?? 0, viewer.currency), viewer.currency, viewer.language).text;
  const values = { from: text(range.fromCents), to: text(range.toCents) };
  if (range.fromCents === null) return say(viewer.language, 'facet.price.under', values);
  if (range.toCents === null) return say(viewer.language, 'facet.price.over', values);
  return say(viewer.language, 'facet.price.between', values);
}

function countsOf(facets: readonly FacetCount[], name: FacetCount['facet']): ReadonlyMap<string, number> {
  return new Map(facets.filter((f) => f.facet === name).map((f) => [f.value, f.count]));
}

interface Scene {
  readonly place: ListingPlace;
  readonly filter: Filter;
  readonly viewer: Viewer;
}

function sizeFacet({ place, filter, viewer }: Scene, counts: ReadonlyMap<string, number>): Facet {
  const shown = SIZES.filter((size) => counts.has(size) || filter.sizes.includes(size));
  return {
    name: 'size',
    title: say(viewer.language, 'facet.size'),
    choices: shown.map((size) => ({
      value: size,
      text: sizeText(size, viewer.language),
      href: hrefOf(place.path, filter, { sizes: toggled(filter.sizes, size) }),
      current: filter.sizes.includes(size),
      count: counts.get(size) ?? 0,
    })),
  };
}

function colourFacet({ place, filter, viewer }: Scene, counts: ReadonlyMap<string, number>): Facet {
  const shown = Object.keys(COLOURS).filter((slug) => counts.has(slug) || filter.colours.includes(slug));
  return {
    name: 'colour',
    title: say(viewer.language, 'facet.colour'),
    choices: shown.map((slug) => ({
      value: slug,
      text: colourOf(slug).name[viewer.language],
      href: hrefOf(place.path, filter, { colours: toggled(filter.colours, slug) }),
      current: filter.colours.includes(slug),
      count: counts.get(slug) ?? 0,
      hex: colourOf(slug).hex,
    })),
  };
}

function priceFacet({ place, filter, viewer }: Scene, counts: ReadonlyMap<string, number>): Facet {
  const choices = PRICE_RANGES.map((range) => ({
    value: range.value,
    text: priceText(range, viewer),
    href: hrefOf(place.path, filter, { price: filter.price === range ? null : range }),
    current: filter.price === range,
    count: counts.get(range.value) ?? 0,
  }));
  return {
    name: 'price',
    title: say(viewer.language, 'facet.price'),
    choices: choices.filter((choice) => choice.count > 0 || choice.current),
  };
}

function categoryFacet({ place, filter, viewer }: Scene, counts: ReadonlyMap<string, number>): Facet {
  const shown = place.categories.filter(({ slug }) => counts.has(slug));
  return {
    name: 'category',
    title: say(viewer.language, 'facet.category'),
    choices: shown.map(({ slug, name }) => ({
      value: slug,
      text: name[viewer.language],
      href: hrefOf(`/category/${slug}`, filter, {}),
      current: filter.category === slug,
      count: counts.get(slug) ?? 0,
    })),
  };
}

function facetsOf(scene: Scene, counts: readonly FacetCount[]): Facet[] {
  const facets = [
    sizeFacet(scene, countsOf(counts, 'size')),
    colourFacet(scene, countsOf(counts, 'colour')),
    priceFacet(scene, countsOf(counts, 'price')),
  ];
  if (scene.filter.category === null) facets.push(categoryFacet(scene, countsOf(counts, 'category')));
  return facets.filter((facet) => facet.choices.length > 0);
}

function summaryOf(filter: Filter, total: number, language: Filter['language']): string {
  if (total === 0) return say(language, 'listing.none');
  const from = (filter.page - 1) * PAGE_SIZE + 1;
  return say(language, 'listing.summary', { from, to: Math.min(total, from + PAGE_SIZE - 1), total });
}

export function lastPageOf(total: number): number {
  return Math.max(1, Math.ceil(total / PAGE_SIZE));
}

function pagesOf({ place, filter }: Scene, total: number) {
  const last = lastPageOf(total);
  const to = (page: number): string => hrefOf(place.path, filter, { page });
  return {
    pages: Array.from({ length: last }, (_, index) => index + 1).map((number) => {
      return { number, href: to(number), current: number === filter.page };
    }),
    previousHref: filter.page > 1 ? to(filter.page - 1) : null,
    nextHref: filter.page < last ? to(filter.page + 1) : null,
  };
}

export function listingModel(listing: Listing, scene: Scene): ListingModel {
  const { place, filter, viewer } = scene;
  const facets = facetsOf(scene, listing.facets);
  const active = facets
    .filter((facet) => facet.name !== 'category')
    .flatMap((facet) => facet.choices.filter((choice) => choice.current))
    .map((choice) => ({ text: choice.text, removeHref: choice.href }));
  return {
    heading: place.heading,
    description: place.description,
    query: filter.query,
    items: listing.items.map((product) => cardOf(product, viewer, filter.colours)),
    total: listing.total,
    summary: summaryOf(filter, listing.total, viewer.language),
    facets,
    active,
    clearHref: active.length > 0 ? hrefOf(place.path, filter, { sizes: [], colours: [], price: null }) : null,
    sorts: SORTS.filter((sort) => sort !== 'relevance' || filter.query !== '').map((sort) => ({
      value: sort,
      text: say(viewer.language, `listing.sort.${sort}`),
      href: hrefOf(place.path, filter, { sort }),
      current: filter.sort === sort,
    })),
    ...pagesOf(scene, listing.total),
  };
}

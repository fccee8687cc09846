// What the catalogue knows about an article; prices in euro cents. Plain data, the same from Postgres and from a
// cache.
import type { Localized } from './seed-product.ts';

export interface Variant {
  readonly sku: string;
  readonly colour: string;
  readonly size: string;
  readonly priceCents: number;
  readonly stock: number;
}

export interface Product {
  readonly slug: string;
  readonly category: string;
  readonly name: Localized;
  readonly description: Localized;
  readonly variants: readonly Variant[];
}

/** `version` rises with every change of the article or one of its variants. */
export interface VersionedProduct {
  readonly product: Product;
  readonly version: number;
}

/** One article in a list. */
export interface ListedProduct {
  readonly slug: string;
  readonly category: string;
  readonly name: Localized;
  readonly priceCents: number;
  readonly colours: readonly string[];
  readonly inStock: boolean;
}

/** A variant together with what a cart or an order shows of its article. */
export interface SellableVariant extends Variant {
  readonly slug: string;
  readonly name: Localized;
}

export const SORTS = ['newest', 'price-asc', 'price-desc', 'name', 'relevance'] as const;
export type Sort = (typeof SORTS)[number];

/** Inclusive lower, exclusive upper bound in euro cents; null is no bound. */
export interface PriceRange {
  readonly value: string;
  readonly fromCents: number | null;
  readonly toCents: number | null;
}

export const PRICE_RANGES: readonly PriceRange[] = [
  { value: '0-30', fromCents: null, toCents: 3_000 },
  { value: '30-60', fromCents: 3_000, toCents: 6_000 },
  { value: '60-100', fromCents: 6_000, toCents: 10_000 },
  { value: '100-', fromCents: 10_000, toCents: null },
];

export interface Filter {
  readonly category: string | null;
  readonly query: string;
  readonly sizes: readonly string[];
  readonly colours: readonly string[];
  readonly price: PriceRange | null;
  readonly sort: Sort;
  /** From 1. */
  readonly page: number;
  readonly language: 'en' | 'de';
}

/** A page with its pictures stays under 60 kB. */
export const PAGE_SIZE = 12;

export const FACETS = ['size', 'colour', 'category', 'price'] as const;

export interface FacetCount {
  readonly facet: (typeof FACETS)[number];
  /** As the URL of a list has it. */
  readonly value: string;
  readonly count: number;
}

export interface Listing {
  readonly items: readonly ListedProduct[];
  readonly total: number;
  readonly facets: readonly FacetCount[];
}

// What a listing's URL may say. Wrong values in a link (an old bookmark, a typo) mean "no filter" on pages;
// the JSON API is strict instead.
import * as z from 'zod';
import { PRICE_RANGES, SORTS } from './product.ts';
import type { Filter } from './product.ts';
import { COLOURS, SIZES } from './seed-product.ts';

const LONGEST_QUERY = 100;
const LAST_PAGE = 1_000;

/** `?size=m&size=l` and `?size=m,l` both mean two sizes. */
const words = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) =>
    [value ?? []]
      .flat()
      .flatMap((part) => part.split(','))
      .filter((part) => part !== ''),
  );

const first = z
  .union([z.string(), z.array(z.string())])
  .optional()
  .transform((value) => [value ?? ''].flat()[0] ?? '');

const tolerant = z.object({ q: first, size: words, colour: words, price: first, sort: first, page: first });

export function filterFromUrl(
  query: unknown,
  place: { category: string | null; language: 'en' | 'de' },
): Filter {
  const url = tolerant.parse(query);
  const text = url.q.trim().slice(0, LONGEST_QUERY);
  const page = /^\d{1,4}$/.test(url.page) ? Number(url.page) : 1;
  return {
    category: place.category,
    query: text,
    sizes: SIZES.filter((size) => url.size.includes(size)),
    colours: Object.keys(COLOURS).filter((colour) => url.colour.includes(colour)),
    price: PRICE_RANGES.find((range) => range.value === url.price) ?? null,
    sort: SORTS.find((sort) => sort === url.sort) ?? (text === '' ? 'newest' : 'relevance'),
    page: Math.min(Math.max(page, 1), LAST_PAGE),
    language: place.language,
  };
}

export const slugSchema = z.string().regex(/^[a-z0-9-]{1,100}$/, 'problem.value');
const SKU = /^[a-z0-9-]{1,120}$/;
export const skuSchema = z.string({ error: 'problem.sku' }).regex(SKU, 'problem.sku');

export function isSku(text: string): boolean {
  return SKU.test(text);
}

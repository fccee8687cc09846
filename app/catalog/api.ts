// The catalogue for programs; prices in euro cents.
import type Router from '@koa/router';
import * as z from 'zod';
import type { AppContext, AppState } from '../http/context.ts';
import { notFound } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { param } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import { PRICE_RANGES, SORTS } from './product.ts';
import type { ListedProduct, Product } from './product.ts';
import { filterFromUrl, slugSchema } from './schema.ts';
import { COLOURS, SIZES } from './seed-product.ts';
import type { Catalog } from './service.ts';

const manyOf = (known: readonly string[]) => {
  const one = z
    .string()
    .refine((value) => value.split(',').every((part) => known.includes(part)), 'problem.value');
  return z.union([one, z.array(one)], { error: 'problem.value' }).optional();
};

export const listQuery = z.strictObject({
  category: slugSchema.optional(),
  q: z.string().max(100, 'problem.tooLong').optional(),
  size: manyOf(SIZES),
  colour: manyOf(Object.keys(COLOURS)),
  price: z
    .enum(
      PRICE_RANGES.map((range) => range.value),
      { error: 'problem.value' },
    )
    .optional(),
  sort: z.enum(SORTS, { error: 'problem.value' }).optional(),
  page: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'problem.value')
    .optional(),
});

function itemJson(product: ListedProduct) {
  const { slug, name, category, priceCents, colours, inStock } = product;
  return { slug, name, category, priceCents, colours, inStock };
}

function productJson({ slug, name, description, category, variants }: Product) {
  return {
    slug,
    name,
    description,
    category,
    variants: variants.map(({ sku, size, colour, priceCents, stock }) => {
      return { sku, size, colour, priceCents, stock };
    }),
  };
}

/** The article in the path; throws 404. */
async function named(ctx: AppContext, catalog: Catalog): Promise<Product> {
  const slug = slugSchema.safeParse(param(ctx, 'slug'));
  const product = slug.success ? await catalog.product(ctx, slug.data) : undefined;
  if (product === undefined) throw notFound();
  return product;
}

/** What the article's page shows below it: bought together with it, or, while nothing was, others like it. */
async function recommended(ctx: AppContext, catalog: Catalog) {
  const product = await named(ctx, catalog);
  const together = await catalog.boughtTogether(ctx, product.slug);
  const items = together.length > 0 ? together : await catalog.alike(ctx, product);
  return { why: together.length > 0 ? 'together' : 'alike', items: items.map(itemJson) };
}

export function catalogApi(catalog: Catalog): Router<AppState> {
  const router = createRouter('/api/v1/products');
  router.get('/', async (ctx) => {
    const query = demand(listQuery, ctx.query);
    const place = { category: query.category ?? null, language: ctx.state.language };
    const filter = filterFromUrl(ctx.query, place);
    const { items, total, facets } = await catalog.listing(ctx, filter);
    ctx.set('Cache-Control', 'private, no-cache');
    ctx.body = { items: items.map(itemJson), total, page: filter.page, facets };
  });
  router.get('/:slug', async (ctx) => {
    ctx.body = productJson(await named(ctx, catalog));
  });
  router.get('/:slug/recommendations', async (ctx) => {
    ctx.body = await recommended(ctx, catalog);
  });
  return router;
}

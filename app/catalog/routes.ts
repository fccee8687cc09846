// Pages of the catalogue: home, categories, search, article. They work while Redis is away, and cost no Redis
// trip besides the session's.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import { notFound } from '../http/errors.ts';
import type { MessageKey } from '../http/messages.ts';
import { param, seeOther, viewerOf } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { cardOf } from './present.ts';
import { hrefOf, lastPageOf, listingModel } from './present-listing.ts';
import type { ListingPlace } from './present-listing.ts';
import { productModel } from './present-product.ts';
import type { Chosen } from './present-product.ts';
import type { Product } from './product.ts';
import { recentlySeen, rememberSeen } from './recently-seen.ts';
import { filterFromUrl, slugSchema } from './schema.ts';
import type { SeedCategory } from './seed-product.ts';
import type { Catalog } from './service.ts';

export interface CatalogDeps extends Pages {
  readonly catalog: Catalog;
  readonly categories: readonly SeedCategory[];
}

const NEWEST = 8;

async function home(ctx: AppContext, deps: CatalogDeps): Promise<void> {
  const { language } = ctx.state;
  const viewer = viewerOf(ctx, deps);
  const filter = filterFromUrl({}, { category: null, language });
  const seen = recentlySeen(ctx);
  const [newest, seenProducts] = await Promise.all([
    deps.catalog.listing(ctx, filter),
    deps.catalog.listed(ctx, seen),
  ]);
  const model = () => ({
    categories: deps.categories.map(({ slug, name, description }) => ({
      name: name[language],
      href: `/category/${slug}`,
      picture: deps.pictureUrl(`category-${slug}`),
      description: description[language],
    })),
    newest: newest.items.slice(0, NEWEST).map((product) => cardOf(product, viewer)),
    recentlySeen: seenProducts.map((product) => cardOf(product, viewer)),
  });
  const of = [newest, ...seenProducts];
  deps.page(ctx, 'home', model, { title: sayTo(ctx, 'title.home'), revalidate: true, of });
}

async function showListing(
  ctx: AppContext,
  deps: CatalogDeps,
  category: string | null,
  place: ListingPlace,
): Promise<void> {
  const filter = filterFromUrl(ctx.query, { category, language: ctx.state.language });
  const listing = await deps.catalog.listing(ctx, filter);
  if (listing.items.length === 0 && listing.total > 0) {
    // Articles went since the page was bookmarked: the last one is the nearest there is.
    seeOther(ctx, hrefOf(place.path, filter, { page: lastPageOf(listing.total) }));
    return;
  }
  const model = () => listingModel(listing, { place, filter, viewer: viewerOf(ctx, deps) });
  const options = { title: place.heading, revalidate: true, searchQuery: filter.query, of: [listing] };
  deps.page(ctx, 'listing', model, options);
}

async function category(ctx: AppContext, deps: CatalogDeps): Promise<void> {
  const found = deps.categories.find(({ slug }) => slug === param(ctx, 'slug'));
  if (found === undefined) throw notFound();
  const { language } = ctx.state;
  await showListing(ctx, deps, found.slug, {
    path: `/category/${found.slug}`,
    heading: found.name[language],
    description: found.description[language],
    categories: deps.categories,
  });
}

async function search(ctx: AppContext, deps: CatalogDeps): Promise<void> {
  const { query } = filterFromUrl(ctx.query, { category: null, language: ctx.state.language });
  const heading = query === '' ? sayTo(ctx, 'listing.all') : sayTo(ctx, 'listing.search', { query });
  const place = { path: '/search', heading, description: '', categories: deps.categories };
  await showListing(ctx, deps, null, place);
}

export interface ProblemAt {
  readonly key: MessageKey;
  readonly status: number;
  readonly chosen: Chosen;
  /** That was looked at, where the SKU does not say it. */
  readonly colour: string;
}

const NOT_CHOSEN: Chosen = { sku: '', quantity: 1 };

/** Of what was tried to add, or that was looked at. */
function colourOf(ctx: AppContext, product: Product, problem: ProblemAt | undefined): string {
  const tried = product.variants.find(({ sku }) => sku === problem?.chosen.sku);
  const asked = problem?.colour ?? ctx.query.colour;
  return tried?.colour ?? (typeof asked === 'string' ? asked : '');
}

/** Between lists of a page's data: what is first in one list is not what is last in the other. */
const OTHERS = {};

/** Also shows the page again when adding to the cart was refused. */
export async function showProduct(
  ctx: AppContext,
  deps: CatalogDeps,
  slug: string,
  problem?: ProblemAt,
): Promise<void> {
  if (!slugSchema.safeParse(slug).success) throw notFound();
  const seen = recentlySeen(ctx).filter((other) => other !== slug);
  const [product, together, seenProducts] = await Promise.all([
    deps.catalog.product(ctx, slug),
    deps.catalog.boughtTogether(ctx, slug),
    deps.catalog.listed(ctx, seen),
  ]);
  if (product === undefined) throw notFound();
  const alike = together.length > 0 ? [] : await deps.catalog.alike(ctx, product);
  rememberSeen(ctx, slug);
  const model = (operationId: string) =>
    productModel({
      product,
      colour: colourOf(ctx, product, problem),
      operationId,
      problem: problem === undefined ? '' : sayTo(ctx, problem.key),
      chosen: problem?.chosen ?? NOT_CHOSEN,
      categories: deps.categories,
      boughtTogether: together,
      alike,
      recentlySeen: seenProducts,
      viewer: viewerOf(ctx, deps),
    });
  const options = { title: product.name[ctx.state.language], status: problem?.status ?? 200 };
  deps.page(ctx, 'product', model, {
    ...options,
    of: [product, ...together, OTHERS, ...alike, OTHERS, ...seenProducts],
  });
}

export function catalogRoutes(deps: CatalogDeps): Router<AppState> {
  const router = createRouter();
  router.get('home', '/', (ctx) => home(ctx, deps));
  router.get('category', '/category/:slug', (ctx) => category(ctx, deps));
  router.get('search', '/search', (ctx) => search(ctx, deps));
  router.get('product', '/products/:slug', (ctx) => showProduct(ctx, deps, param(ctx, 'slug')));
  return router;
}

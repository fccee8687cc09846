// Turns a typed model into a page: the model of the view and the frame around it. Pages without a form carry an
// ETag over their content, so a shopper who comes back gets a 304; pages with an operation id are never stored,
// or going back and ordering another size would repeat the old operation. A page that names its data is kept
// rendered for everybody who is nobody in particular.
import { hash, randomUUID } from 'node:crypto';
import { Eta } from 'eta';
import type { AppContext } from './context.ts';
import type { Layout, Translate } from './view-parts.ts';
import { setPieces } from './middleware/pieces.ts';
import { forgetFlash } from './middleware/preferences.ts';
import { createPageCache } from './page-cache.ts';
import type { CachedPage, PageCache, PageValues } from './page-cache.ts';
import type { ViewModels, ViewName } from './view-models.ts';
import { say } from './messages.ts';
import type { MessageKey } from './messages.ts';

export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  /** True for pages whose content does not name an operation: they may be revalidated. */
  readonly revalidate?: boolean;
  readonly searchQuery?: string;
  /**
   * All data the page shows, when besides it only the URL, the language and the currency matter. The page is kept
   * rendered as long as the data are the same objects.
   */
  readonly of?: readonly object[];
}

/** A model, or how to make one that names this operation; made only when the page is not kept. */
export type ModelOf<V extends ViewName> = ViewModels[V] | ((operationId: string) => ViewModels[V]);

export type Page = <V extends ViewName>(
  ctx: AppContext,
  view: V,
  model: ModelOf<V>,
  options: PageOptions,
) => void;

/** Characters of pages kept rendered: some hundred pages, in a pod of 160 MiB. */
const MOST_KEPT = 4_000_000;
/** A longer URL is not worth a place. */
const LONGEST_URL = 200;

export interface RenderSettings {
  readonly viewsDirectory: string;
  readonly cache: boolean;
  readonly translator: (language: Layout['language']) => Translate;
  readonly assetUrl: (file: string) => string;
  readonly categories: readonly { slug: string; name: Readonly<Record<'en' | 'de', string>> }[];
  /** Who is logged in, as far as the session tells. */
  readonly userOf: (ctx: AppContext) => Layout['user'];
  readonly pod: string;
  readonly sessionStrategy: string;
}

function layoutOf(ctx: AppContext, settings: RenderSettings, options: PageOptions): Layout {
  const { language, currency, flash, sessionUnknown, cartCount, requestId } = ctx.state;
  return {
    title: options.title,
    language,
    currency,
    t: settings.translator(language),
    path: ctx.method === 'GET' ? ctx.url : '/',
    categories: settings.categories.map(({ slug, name }) => ({
      name: name[language],
      href: `/category/${slug}`,
      current: ctx.path === `/category/${slug}`,
    })),
    searchQuery: options.searchQuery ?? '',
    cartCount: sessionUnknown === true ? null : (cartCount ?? 0),
    user: settings.userOf(ctx),
    flash: flash ?? null,
    notice: sessionUnknown === true ? say(language, 'notice.cartAway') : '',
    asset: settings.assetUrl,
    pod: settings.pod,
    requestId,
    sessionStrategy: settings.sessionStrategy,
  };
}

interface Rendered {
  /** Without what differs from request to request. */
  readonly etag: () => string;
  readonly send: () => void;
}

interface Renderer {
  readonly settings: RenderSettings;
  readonly eta: Eta;
  readonly kept: PageCache;
}

function render<V extends ViewName>(
  { eta, settings }: Renderer,
  ctx: AppContext,
  view: V,
  model: ModelOf<V>,
  options: PageOptions,
  values: PageValues,
): string {
  const layout = { ...layoutOf(ctx, settings, options), requestId: values.requestId };
  return eta.render(`/${view}`, {
    ...(typeof model === 'function' ? model(values.operationId) : model),
    layout,
  });
}

/** Whether this visitor sees what everybody else does. */
function isAnybody(ctx: AppContext, settings: RenderSettings): boolean {
  const { flash, sessionUnknown } = ctx.state;
  return (flash ?? null) === null && sessionUnknown !== true && settings.userOf(ctx) === null;
}

function keptPage<V extends ViewName>(
  renderer: Renderer,
  ctx: AppContext,
  view: V,
  model: ModelOf<V>,
  options: PageOptions,
): CachedPage | undefined {
  const { status = 200, of } = options;
  if (of === undefined || status !== 200) return undefined;
  if (ctx.method !== 'GET' || ctx.url.length > LONGEST_URL) return undefined;
  if (!isAnybody(ctx, renderer.settings)) return undefined;
  const { language, currency, cartCount } = ctx.state;
  return renderer.kept.get(of, `${view} ${language} ${currency} ${cartCount ?? 0} ${ctx.url}`, (holes) =>
    render(renderer, ctx, view, model, options, holes),
  );
}

function etagOf(html: string, requestId: string): string {
  const content = html.replaceAll(requestId, '');
  return `W/"${hash('sha1', content, 'base64url')}"`;
}

function rendered<V extends ViewName>(
  renderer: Renderer,
  ctx: AppContext,
  view: V,
  model: ModelOf<V>,
  options: PageOptions,
): Rendered {
  const values = { requestId: ctx.state.requestId, operationId: randomUUID() };
  const kept = keptPage(renderer, ctx, view, model, options);
  if (kept !== undefined) {
    ctx.state.keptPage = kept;
    return { etag: () => kept.etag, send: () => sendKept(ctx, kept, values) };
  }
  const html = render(renderer, ctx, view, model, options, values);
  const send = (): void => {
    ctx.body = html;
  };
  return { etag: () => etagOf(html, values.requestId), send };
}

function sendKept(ctx: AppContext, kept: CachedPage, values: PageValues): void {
  if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') {
    setPieces(ctx, kept.text(values));
    return;
  }
  ctx.vary('Accept-Encoding');
  ctx.set('Content-Encoding', 'gzip');
  setPieces(ctx, kept.gzipped(values));
}

export function createPage(settings: RenderSettings): Page {
  const eta = new Eta({ views: settings.viewsDirectory, cache: settings.cache, autoEscape: true });
  const renderer = { settings, eta, kept: createPageCache(MOST_KEPT) };
  return (ctx, view, model, options) => {
    forgetFlash(ctx);
    const page = rendered(renderer, ctx, view, model, options);
    ctx.status = options.status ?? 200;
    ctx.type = 'text/html; charset=utf-8';
    ctx.set('Vary', 'Cookie, Accept-Language');
    if (options.revalidate !== true || ctx.status !== 200) {
      ctx.set('Cache-Control', 'no-store');
    } else {
      ctx.set('Cache-Control', 'private, no-cache');
      ctx.set('ETag', page.etag());
      if (ctx.fresh) {
        ctx.status = 304;
        return;
      }
    }
    page.send();
  };
}

/** Handlers' words in the language of the request. */
export function sayTo(
  ctx: AppContext,
  key: MessageKey,
  values?: Readonly<Record<string, string | number>>,
): string {
  return say(ctx.state.language, key, values);
}

// Turns a typed model into a page: the model of the view and the frame around it. Pages without a form carry an
// ETag over their content, so a shopper who comes back gets a 304; pages with an operation id are never stored,
// or going back and ordering another size would repeat the old operation.
import { createHash } from 'node:crypto';
import { Eta } from 'eta';
import type { AppContext } from './context.ts';
import type { Layout, Translate } from './view-parts.ts';
import type { ViewModels, ViewName } from './view-models.ts';
import { say } from './messages.ts';
import type { MessageKey } from './messages.ts';

export interface PageOptions {
  readonly title: string;
  readonly status?: number;
  /** True for pages whose content does not name an operation: they may be revalidated. */
  readonly revalidate?: boolean;
  readonly searchQuery?: string;
}

export type Page = <V extends ViewName>(
  ctx: AppContext,
  view: V,
  model: ViewModels[V],
  options: PageOptions,
) => void;

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

function allowRevalidation(ctx: AppContext, html: string): void {
  const content = html.replaceAll(ctx.state.requestId, '');
  ctx.set('Cache-Control', 'private, no-cache');
  ctx.set('ETag', `W/"${createHash('sha1').update(content).digest('base64url')}"`);
}

export function createPage(settings: RenderSettings): Page {
  const eta = new Eta({ views: settings.viewsDirectory, cache: settings.cache, autoEscape: true });
  return (ctx, view, model, options) => {
    const layout = layoutOf(ctx, settings, options);
    const html = eta.render(`/${view}`, { ...model, layout });
    ctx.status = options.status ?? 200;
    ctx.type = 'text/html; charset=utf-8';
    ctx.vary('Cookie');
    ctx.vary('Accept-Language');
    if (options.revalidate === true && ctx.status === 200) {
      allowRevalidation(ctx, html);
      if (ctx.fresh) {
        ctx.status = 304;
        return;
      }
    } else {
      ctx.set('Cache-Control', 'no-store');
    }
    ctx.body = html;
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

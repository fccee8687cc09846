// What every router of pages needs: a way to render, URLs of pictures, and redirects that tell the browser to GET.
import type { Viewer } from '../catalog/present.ts';
import type { AppContext } from './context.ts';
import type { Page } from './render.ts';

export interface Pages {
  readonly page: Page;
  readonly pictureUrl: (name: string) => string;
}

export function viewerOf(ctx: AppContext, pages: Pages): Viewer {
  return { language: ctx.state.language, currency: ctx.state.currency, pictureUrl: pages.pictureUrl };
}

/**
 * After a form was accepted: 303, so that a reload repeats the page and not the form. `location` is encoded. Koa's own
 * redirect would negotiate the type of a sentence that no browser shows.
 */
export function seeOther(ctx: AppContext, location: string): void {
  ctx.status = 303;
  ctx.body = '';
  ctx.set('Location', location);
  ctx.set('Cache-Control', 'no-store');
}

/** A path on this site from what a form says, encoded as browsers do, or `fallback`; never another host. */
export function localPath(value: unknown, fallback: string): string {
  if (typeof value !== 'string' || value.length > 500) return fallback;
  return /^\/(?!\/)[\x21-\x5b\x5d-\x7e]*$/.test(value) ? value : fallback;
}

/** A value from the route's pattern; '' where the pattern has none of that name. */
export function param(ctx: AppContext, name: string): string {
  return (ctx as unknown as { params?: Record<string, string> }).params?.[name] ?? '';
}

/** The parsed body, whatever it is. */
export function bodyOf(ctx: AppContext): unknown {
  return (ctx.request as { body?: unknown }).body;
}

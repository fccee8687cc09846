// The articles a visitor looked at last, kept in a cookie of their own: they cost no trip to a store and say
// nothing that the browser's history does not.
import type { AppContext } from '../http/context.ts';

const COOKIE = 'seen';
const KEPT = 5;
const LIFE_MS = 30 * 24 * 3_600_000;

/** Slugs, the last one first. */
export function recentlySeen(ctx: AppContext): string[] {
  const value = ctx.cookies.get(COOKIE, { signed: false }) ?? '';
  return value
    .split('.')
    .filter((slug) => /^[a-z0-9-]{1,100}$/.test(slug))
    .slice(0, KEPT);
}

export function rememberSeen(ctx: AppContext, slug: string): void {
  const slugs = [slug, ...recentlySeen(ctx).filter((other) => other !== slug)].slice(0, KEPT);
  ctx.cookies.set(COOKIE, slugs.join('.'), {
    maxAge: LIFE_MS,
    sameSite: 'lax',
    httpOnly: true,
    overwrite: true,
    signed: false,
  });
}

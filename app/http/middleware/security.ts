// Headers every answer carries, and the refusal of forms sent from other sites. The policy allows nothing inline
// and nothing foreign; the check needs no token: browsers say where a request comes from.
import koaHelmet from 'koa-helmet';
import type { Middleware } from 'koa';
import type { AppContext, Next } from '../context.ts';
import { crossSite } from '../errors.ts';

export function securityHeaders(secure: boolean): Middleware {
  return koaHelmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        ...(secure && { upgradeInsecureRequests: [] }),
      },
    },
    referrerPolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
  });
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether the browser says that another site sent this. A client that says nothing is no browser (every browser
 * sends Origin with a POST), so there is no shopper's cookie to abuse.
 */
export function isCrossSite(
  headers: { site: string; origin: string; host: string },
  publicUrl: string,
): boolean {
  if (headers.site !== '') return headers.site !== 'same-origin' && headers.site !== 'none';
  if (headers.origin === '') return false;
  if (headers.origin === new URL(publicUrl).origin) return false;
  return URL.parse(headers.origin)?.host !== headers.host;
}

export function refuseCrossSite(publicUrl: string, refused: () => void) {
  return async function refuseCrossSiteForms(ctx: AppContext, next: Next): Promise<void> {
    const headers = { site: ctx.get('Sec-Fetch-Site'), origin: ctx.get('Origin'), host: ctx.host };
    if (!SAFE.has(ctx.method) && isCrossSite(headers, publicUrl)) {
      refused();
      throw crossSite();
    }
    await next();
  };
}

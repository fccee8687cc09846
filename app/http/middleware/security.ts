// Headers every answer carries, and the refusal of forms sent from other sites. The policy allows nothing inline
// and nothing foreign; the check needs no token: browsers say where a request comes from.
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { AppContext, Next } from '../context.ts';
import { crossSite } from '../errors.ts';

type HelmetOptions = NonNullable<Parameters<typeof helmet>[0]>;

function policy(secure: boolean): HelmetOptions {
  return {
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
    // For browsers and plugins that are gone; each would cost every answer its bytes.
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
    xDnsPrefetchControl: false,
    strictTransportSecurity: secure ? { maxAge: 31_536_000 } : false,
  };
}

/** What helmet would set. Nothing in our policy depends on the request, so it is asked once and not per request. */
function headersOf(options: HelmetOptions): Record<string, string> {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  helmet(options)(request, response, () => undefined);
  return Object.fromEntries(
    response.getHeaderNames().map((name) => [name, String(response.getHeader(name))]),
  );
}

export function securityHeaders(secure: boolean) {
  const headers = Object.entries(headersOf(policy(secure)));
  return function setSecurityHeaders(ctx: AppContext, next: Next): Promise<unknown> {
    for (const [name, value] of headers) ctx.res.setHeader(name, value);
    // What programs are told is mostly somebody's own: a cache in between kept it for the next one. Some routes say more.
    if (ctx.state.isApi === true) ctx.res.setHeader('Cache-Control', 'no-store');
    return next();
  };
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
  return function refuseCrossSiteForms(ctx: AppContext, next: Next): Promise<unknown> {
    if (SAFE.has(ctx.method)) return next();
    const headers = { site: ctx.get('Sec-Fetch-Site'), origin: ctx.get('Origin'), host: ctx.host };
    if (!isCrossSite(headers, publicUrl)) return next();
    refused();
    throw crossSite();
  };
}

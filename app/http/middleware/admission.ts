// Refuses requests beyond what the process can do, before they cost anything: 503 with Retry-After, as a small page
// without a template or as problem+json. Nothing has been begun, so the very same request may be sent again.
import { isRefused } from '../admission.ts';
import type { AdmissionLimits, LoopWatch } from '../admission.ts';
import type { AppContext, Next } from '../context.ts';
import { say } from '../messages.ts';
import { LANGUAGES } from '../view-parts.ts';
import type { Language } from '../view-parts.ts';
import { identify } from './request.ts';
import { securityHeaders } from './security.ts';

export interface AdmissionSettings extends AdmissionLimits {
  readonly loop: Pick<LoopWatch, 'note' | 'last'>;
  readonly sessionCookie: string;
  readonly secure: boolean;
  readonly refused: () => void;
}

const RETRY_AFTER_SECONDS = 2;

function page(language: Language, repeats: boolean): string {
  const heading = say(language, 'error.heading.503');
  // A page may be asked for again by itself; a form is the shopper's to send.
  const refresh = repeats ? `<meta http-equiv="refresh" content="${RETRY_AFTER_SECONDS}">` : '';
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
    `<meta name="viewport" content="width=device-width, initial-scale=1">${refresh}`,
    `<title>${heading}</title></head>`,
    `<body><main><h1>${heading}</h1><p>${say(language, 'error.busy')}</p></main></body></html>`,
  ].join('');
}

function refuse(ctx: AppContext): void {
  const { requestId, isApi } = ctx.state;
  identify(ctx);
  const language = LANGUAGES.find((known) => known === ctx.acceptsLanguages([...LANGUAGES])) ?? 'en';
  ctx.status = 503;
  ctx.set('Retry-After', String(RETRY_AFTER_SECONDS));
  ctx.set('Cache-Control', 'no-store');
  if (isApi !== true) {
    ctx.type = 'text/html; charset=utf-8';
    ctx.body = page(language, ctx.method === 'GET');
    return;
  }
  ctx.body = {
    type: 'urn:shop:problem:overloaded',
    title: say(language, 'error.heading.503'),
    status: 503,
    detail: say(language, 'error.busy'),
    code: 'overloaded',
    requestId,
  };
  ctx.type = 'application/problem+json';
}

export function admissionMiddleware(settings: AdmissionSettings) {
  const protect = securityHeaders(settings.secure);
  let inFlight = 0;
  return async function admission(ctx: AppContext, next: Next): Promise<void> {
    const isNewcomer = !ctx.get('Cookie').includes(`${settings.sessionCookie}=`);
    settings.loop.note();
    if (isRefused({ inFlight, ...settings.loop.last() }, settings, isNewcomer)) {
      settings.refused();
      // Those who are taken on get these headers further in, behind the kept answers that have them already.
      await protect(ctx, () => Promise.resolve());
      refuse(ctx);
      return;
    }
    inFlight += 1;
    try {
      await next();
    } finally {
      // Not when it is received: clients that read slowly cost nothing, and together would keep all others out.
      inFlight -= 1;
    }
  };
}

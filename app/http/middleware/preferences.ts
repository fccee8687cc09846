// What a visitor's browser remembers by itself, so that it works without a session and while Redis is away:
// language and currency, a message for the next page, and the position of the last write to Postgres.
import { LRUCache } from 'lru-cache';
import type { AppContext, Flash, Next } from '../context.ts';
import { removeSignedCookie, setSignedCookie, signedCookie } from '../signed-cookie.ts';
import { CURRENCIES, LANGUAGES } from '../view-parts.ts';
import type { Currency, Language } from '../view-parts.ts';

const PREFERENCES = 'preferences';
const FLASH = 'flash';
const LSN = 'lsn';
const YEAR_MS = 365 * 24 * 3_600_000;
/** Replicas further behind than this are not in the `ro` service at all. */
const LSN_LIFE_MS = 30_000;
const FLASH_LIFE_MS = 60_000;

export function languageFrom(value: unknown): Language | undefined {
  return LANGUAGES.find((language) => language === value);
}

export function currencyFrom(value: unknown): Currency | undefined {
  return CURRENCIES.find((currency) => currency === value);
}

type AcceptedLanguage = (ctx: AppContext) => Language;

/** Browsers send a few hundred different headers, and reading one costs more than finding it again. */
const MOST_REMEMBERED = 500;
const LONGEST_REMEMBERED = 200;

function rememberAccepted(): AcceptedLanguage {
  const remembered = new LRUCache<string, Language>({ max: MOST_REMEMBERED });
  return (ctx) => {
    const header = ctx.get('Accept-Language');
    const known = remembered.get(header);
    if (known !== undefined) return known;
    const language = languageFrom(ctx.acceptsLanguages([...LANGUAGES])) ?? 'en';
    if (header.length <= LONGEST_REMEMBERED) remembered.set(header, language);
    return language;
  };
}

function readPreferences(
  ctx: AppContext,
  acceptedLanguage: AcceptedLanguage,
): { language: Language; currency: Currency } {
  const [language, currency] = (ctx.cookies.get(PREFERENCES, { signed: false }) ?? '').split('.');
  return {
    language: languageFrom(language) ?? acceptedLanguage(ctx),
    currency: currencyFrom(currency) ?? 'EUR',
  };
}

export function writePreferences(ctx: AppContext, language: Language, currency: Currency): void {
  ctx.cookies.set(PREFERENCES, `${language}.${currency}`, {
    maxAge: YEAR_MS,
    sameSite: 'lax',
    httpOnly: true,
    overwrite: true,
    signed: false,
  });
}

/** Shows `text` on the next page this visitor sees. */
export function setFlash(ctx: AppContext, kind: Flash['kind'], text: string): void {
  const value = Buffer.from(JSON.stringify([kind, text])).toString('base64url');
  setSignedCookie(ctx, FLASH, value, FLASH_LIFE_MS);
}

function parseFlash(value: string | undefined): Flash | null {
  if (value === undefined || value === '') return null;
  try {
    const parsed = JSON.parse(Buffer.from(value, 'base64url').toString()) as [Flash['kind'], string];
    return { kind: parsed[0], text: parsed[1] };
  } catch {
    return null;
  }
}

/** Of a page that shows it: once. What only leads on to another page leaves the message to that one. */
export function forgetFlash(ctx: AppContext): void {
  if ((ctx.state.flash ?? null) !== null) removeSignedCookie(ctx, FLASH);
}

/** Remembers a write, so that this shopper's next pages are read from a server that has it. */
export function rememberWrite(ctx: AppContext, lsn: string): void {
  ctx.state.afterLsn = lsn;
  ctx.cookies.set(LSN, lsn, {
    maxAge: LSN_LIFE_MS,
    sameSite: 'lax',
    httpOnly: true,
    overwrite: true,
    signed: false,
  });
}

export function preferencesMiddleware() {
  const acceptedLanguage = rememberAccepted();
  return function preferences(ctx: AppContext, next: Next): Promise<unknown> {
    const { language, currency } = readPreferences(ctx, acceptedLanguage);
    ctx.state.language = language;
    ctx.state.currency = currency;
    const lsn = ctx.cookies.get(LSN, { signed: false });
    ctx.state.afterLsn = lsn !== undefined && /^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/.test(lsn) ? lsn : null;
    const mayShow = ctx.method === 'GET' && ctx.state.isApi !== true;
    ctx.state.flash = mayShow ? parseFlash(signedCookie(ctx, FLASH)) : null;
    return next();
  };
}

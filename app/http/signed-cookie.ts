// Cookies of our own that carry their signature in their value: `name=value~signature`. Koa signs with a second cookie;
// making two of each and finding both again was an eighth of adding to a cart. The keys are Koa's (cookie-keys.ts): what
// they did not sign is counted there, and is no cookie here.
import type { AppContext, Next } from './context.ts';
import type { CookieKeys } from './cookie-keys.ts';

/** In no value that is signed here, and allowed in a cookie as it is. */
const MARK = '~';

const keysOf = (ctx: AppContext): CookieKeys => ctx.app.keys as unknown as CookieKeys;

/** Whether the request brought Koa's second cookie. Most bring none, which a look at the text tells without taking it apart. */
function hasSignature(ctx: AppContext, name: string): boolean {
  const isThere = ctx.req.headers.cookie?.includes(`${name}.sig=`) === true;
  return isThere && ctx.cookies.get(`${name}.sig`, { signed: false }) !== undefined;
}

/**
 * `value` has no `~`, `;` or space in it. Replaces what this answer has set under the same name, and ends the signature
 * that the version before has left beside it.
 */
export function setSignedCookie(ctx: AppContext, name: string, value: string, lifeMs: number): void {
  const pair = `${name}=${value}`;
  const signed = value === '' ? pair : `${pair}${MARK}${keysOf(ctx).sign(pair)}`;
  const life = `max-age=${Math.floor(lifeMs / 1000)}`;
  const attributes = `samesite=lax; httponly${ctx.secure ? '; secure' : ''}`;
  const cookies = [`${signed}; path=/; ${life}; ${attributes}`];
  if (hasSignature(ctx, name)) cookies.push(`${name}.sig=; path=/; max-age=0; ${attributes}`);
  const others = [ctx.res.getHeader('Set-Cookie') ?? []].flat().map(String);
  const kept = others.filter((other) => !other.startsWith(`${name}=`) && !other.startsWith(`${name}.sig=`));
  ctx.res.setHeader('Set-Cookie', [...kept, ...cookies]);
}

export function removeSignedCookie(ctx: AppContext, name: string): void {
  setSignedCookie(ctx, name, '', 0);
}

/**
 * For a cookie that Koa signs and reads: Koa passes over one without its signature as if it had not come; one with a wrong
 * signature its keys see.
 */
export function noteUnsigned(ctx: AppContext, name: string): void {
  if (hasSignature(ctx, name)) return;
  const came = (ctx.cookies.get(name, { signed: false }) ?? '') !== '';
  if (came) keysOf(ctx).unsigned(name);
}

export function noteIfUnsigned(name: string) {
  return function noteUnsignedCookie(ctx: AppContext, next: Next): Promise<unknown> {
    noteUnsigned(ctx, name);
    return next();
  };
}

/**
 * The value as it was signed; undefined when there is none or it is not ours. Also read is what Koa signed: browsers
 * still have such cookies from the version before.
 */
export function signedCookie(ctx: AppContext, name: string): string | undefined {
  const text = ctx.cookies.get(name, { signed: false });
  if (text === undefined) return undefined;
  const at = text.lastIndexOf(MARK);
  if (at < 0) {
    noteUnsigned(ctx, name);
    return ctx.cookies.get(name, { signed: true });
  }
  const value = text.slice(0, at);
  return keysOf(ctx).verify(`${name}=${value}`, text.slice(at + 1)) ? value : undefined;
}

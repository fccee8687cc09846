// Turns whatever was thrown into an answer: a page for people, problem+json for programs. Koa's own handler would
// drop all headers and, with them, the session's cookie; so nothing is left for it to see.
import createHttpError from 'http-errors';
import { isRetriable } from '../../platform/pg-errors.ts';
import { POOL_BUSY } from '../../platform/pg-pool.ts';
import { StoreUnavailable } from '../../platform/store-unavailable.ts';
import type { AppContext, Next } from '../context.ts';
import { isShopError, badRequest, notFound, tooLarge, unavailable } from '../errors.ts';
import type { ShopError } from '../errors.ts';
import { say, sayIfKnown } from '../messages.ts';
import type { MessageKey } from '../messages.ts';
import { bodyOf, localPath, seeOther } from '../pages.ts';
import { operationOf, repeatOf } from '../repeat.ts';
import type { Page } from '../render.ts';

type Read = (ctx: AppContext, next: Next) => Promise<unknown>;

interface Answer {
  readonly status: number;
  readonly code: string;
  readonly messageKey: MessageKey;
  readonly values?: ShopError['values'];
  readonly problems?: ShopError['problems'];
  readonly retryAfterSeconds?: number | undefined;
}

const INTERNAL: Answer = { status: 500, code: 'internal', messageKey: 'error.internal' };

/** A store that cannot be reached is 503 with Retry-After; a mistake of ours is 500. */
function fromStore(error: unknown): ShopError | undefined {
  const busy = (error as { code?: unknown } | null)?.code === POOL_BUSY;
  return busy || isRetriable(error) || error instanceof StoreUnavailable ? unavailable(error) : undefined;
}

function fromHttp(error: unknown): ShopError | undefined {
  if (!createHttpError.isHttpError(error)) return undefined;
  if (error.status === 413) return tooLarge();
  return error.status >= 400 && error.status < 500 ? badRequest() : undefined;
}

/** Characters that Postgres' text cannot hold, such as NUL: what was sent is no text. */
const NO_TEXT = new Set(['22021', '22P05']);

function fromValue(error: unknown): ShopError | undefined {
  return NO_TEXT.has(String((error as { code?: unknown } | null)?.code)) ? badRequest() : undefined;
}

function answerFor(error: unknown): Answer {
  if (isShopError(error)) return error;
  return fromHttp(error) ?? fromValue(error) ?? fromStore(error) ?? INTERNAL;
}

function record(ctx: AppContext, error: unknown, status: number): void {
  if (status >= 500) ctx.state.log.error({ err: error }, 'request failed');
}

/** Whether the very same request may be served another time. */
const isForNow = ({ status }: Answer): boolean => status === 429 || status >= 500;

/** What failed before the body was read, such as reading the session, must not lose what was typed either. */
async function readUnread(ctx: AppContext, read: Read): Promise<void> {
  if (bodyOf(ctx) !== undefined || !ctx.req.readable) return;
  try {
    await read(ctx, () => Promise.resolve());
  } catch {
    // Cut off or too large: the answer is about what failed first.
  }
}

function problemJson(ctx: AppContext, answer: Answer): void {
  const problems = Object.entries(answer.problems ?? {}).flatMap(([field, keys]) =>
    keys.map((key) => ({ field, code: key, detail: say(ctx.state.language, key) })),
  );
  ctx.body = {
    type: `urn:shop:problem:${answer.code}`,
    title: sayIfKnown(ctx.state.language, `error.heading.${answer.status}`) ?? answer.code,
    status: answer.status,
    detail: say(ctx.state.language, answer.messageKey, answer.values),
    code: answer.code,
    requestId: ctx.state.requestId,
    ...(answer.status === 503 && operationOf(bodyOf(ctx))),
    ...(problems.length > 0 && { problems }),
  };
  ctx.type = 'application/problem+json';
}

function errorPage(ctx: AppContext, answer: Answer, page: Page): void {
  const { language } = ctx.state;
  const heading = sayIfKnown(language, `error.heading.${answer.status}`) ?? String(answer.status);
  const model = {
    status: answer.status,
    heading,
    text: say(language, answer.messageKey, answer.values),
    retryAfterSeconds: answer.retryAfterSeconds ?? null,
    repeat: isForNow(answer) ? repeatOf(ctx.method, localPath(ctx.url, '/'), bodyOf(ctx)) : null,
  };
  page(ctx, 'error', model, { title: heading, status: answer.status });
}

/** Of a page that was ready when what comes behind it failed, such as writing the session. */
const OF_ANOTHER_BODY = ['Content-Encoding', 'ETag'];

function write(ctx: AppContext, answer: Answer, page: Page): void {
  for (const name of OF_ANOTHER_BODY) ctx.remove(name);
  if (answer.status === 401 && ctx.state.isApi !== true) {
    const back = ctx.method === 'GET' ? ctx.url : '/';
    seeOther(ctx, `/login?returnTo=${encodeURIComponent(back)}`);
    return;
  }
  ctx.status = answer.status;
  ctx.set('Cache-Control', 'no-store');
  if (answer.retryAfterSeconds !== undefined) ctx.set('Retry-After', String(answer.retryAfterSeconds));
  if (ctx.state.isApi === true) problemJson(ctx, answer);
  else errorPage(ctx, answer, page);
}

/** `read` reads the body of a request that failed before anybody had. */
export function errorsMiddleware(page: Page, read: Read) {
  return async function errors(ctx: AppContext, next: Next): Promise<void> {
    try {
      await next();
      if (ctx.status === 404 && ctx.body === undefined) throw notFound();
    } catch (error) {
      const answer = answerFor(error);
      record(ctx, error, answer.status);
      if (isForNow(answer)) await readUnread(ctx, read);
      write(ctx, answer, page);
    }
  };
}

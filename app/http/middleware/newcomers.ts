// Whole answers for visitors who bring no cookie, kept for half a second. Such a visitor is nobody yet: one page is as
// good for all who ask for it in the same language. Everything behind (cookies, session, routes, data) is passed over, so
// that a rush of newcomers costs little more than writing the page. An answer is never older than KEPT_MS, nor than the
// last change of the catalogue that this process heard of; while it hears of none, nothing is kept.
import { randomUUID } from 'node:crypto';
import type { OutgoingHttpHeader } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { AppContext, Next } from '../context.ts';
import type { CachedPage } from '../page-cache.ts';
import { lengthOf, writePieces } from './pieces.ts';

export interface NewcomersSettings {
  /** Rises with every change of the catalogue; null while nobody tells of changes. */
  readonly edition: () => number | null;
  readonly read: { readonly hit: () => void; readonly miss: () => void };
  /** A clock that never goes back. */
  readonly nowMs: () => number;
}

interface Answer {
  readonly page: CachedPage;
  readonly isGzipped: boolean;
  /** Pairs of header and value, one behind the other. */
  readonly head: readonly OutgoingHttpHeader[];
  /** As the router names it. */
  readonly route: unknown;
  readonly edition: number;
  readonly keptUntilMs: number;
}

const KEPT_MS = 500;
/** Pages together are bounded by the page cache; this is about who holds on to them. */
const MOST = 200;
const LONGEST_KEY = 500;
/** Each request's own. */
const OWN = new Set(['x-request-id', 'x-served-by', 'content-length']);
/** The only cookie that an answer to nobody may set: it depends on the page alone. */
const SEEN = /^seen=/;

function keyOf(ctx: AppContext): string | undefined {
  const { headers } = ctx.req;
  if (ctx.method !== 'GET' || headers.cookie !== undefined) return undefined;
  if (headers['if-none-match'] !== undefined || headers['if-modified-since'] !== undefined) return undefined;
  const language = headers['accept-language'] ?? '';
  const encoding = headers['accept-encoding'] ?? '';
  const key = `${ctx.secure ? 's' : ''} ${language}\n${encoding}\n${ctx.url}`;
  return key.length > LONGEST_KEY ? undefined : key;
}

interface Routed {
  _matchedRoute?: unknown;
}

function isForAnybody(ctx: AppContext): boolean {
  const cookies = ctx.res.getHeader('Set-Cookie');
  const list = cookies === undefined ? [] : [cookies].flat();
  return ctx.status === 200 && list.every((cookie) => SEEN.test(String(cookie)));
}

function answerOf(ctx: AppContext, edition: number, nowMs: number): Answer | undefined {
  const page = ctx.state.keptPage;
  if (page === undefined || !isForAnybody(ctx)) return undefined;
  const head = Object.entries(ctx.res.getHeaders()).flatMap(([name, value]) =>
    value === undefined || OWN.has(name) ? [] : [name, value],
  );
  return {
    ...{ page, head, edition },
    isGzipped: ctx.res.getHeader('Content-Encoding') === 'gzip',
    route: (ctx as Routed)._matchedRoute,
    keptUntilMs: nowMs + KEPT_MS,
  };
}

function send(ctx: AppContext, { page, isGzipped, head, route }: Answer): void {
  const { state } = ctx;
  const values = { requestId: state.requestId, operationId: randomUUID() };
  const pieces = isGzipped ? page.gzipped(values) : page.text(values);
  (ctx as Routed)._matchedRoute = route;
  // Nothing is behind that could still change it: past Koa's own way to a body, which looks for what is known here.
  writePieces(ctx, pieces, [...state.identity, ...head, 'Content-Length', lengthOf(pieces)]);
}

export function newcomersMiddleware({ edition, read, nowMs }: NewcomersSettings) {
  const kept = new LRUCache<string, Answer>({ max: MOST });
  return async function newcomers(ctx: AppContext, next: Next): Promise<void> {
    const current = edition();
    const key = keyOf(ctx);
    if (current === null || key === undefined) {
      await next();
      return;
    }
    const known = kept.get(key);
    if (known !== undefined && known.edition === current && nowMs() < known.keptUntilMs) {
      read.hit();
      send(ctx, known);
      return;
    }
    // Its data is at least as new as this.
    const startMs = nowMs();
    await next();
    const answer = answerOf(ctx, current, startMs);
    if (answer === undefined) return;
    read.miss();
    kept.set(key, answer);
  };
}

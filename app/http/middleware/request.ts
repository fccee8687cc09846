// The outermost middleware: gives a request its id, log and deadline, and writes one line and one measurement
// when it is over. The line has the route's pattern, never the URL: a search or a token in it would be logged.
import { randomUUID } from 'node:crypto';
import { deadlineIn } from '../../platform/deadline.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { AppContext, Next } from '../context.ts';

export interface RequestSettings {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly pod: string;
  readonly deadlineMs: number;
  /** True once the process drains: its connections are to be closed after this answer. */
  readonly isDraining: () => boolean;
}

const GOOD_ID = /^[\w-]{8,64}$/;

function routeOf(ctx: AppContext): string {
  const matched: unknown = (ctx as { _matchedRoute?: unknown })._matchedRoute;
  if (typeof matched === 'string') return matched;
  return /^\/(assets|pictures)\//.exec(ctx.path)?.[0] ?? 'none';
}

function finish(ctx: AppContext, settings: RequestSettings, startMs: number): void {
  const route = routeOf(ctx);
  const durationMs = performance.now() - startMs;
  const labels = { method: ctx.method, route, status: String(ctx.status) };
  settings.metrics.requests.observe(labels, durationMs / 1000);
  const line = { ...labels, status: ctx.status, durationMs: Math.round(durationMs * 10) / 10 };
  if (ctx.status >= 500) ctx.state.log.warn(line, 'request');
  else ctx.state.log.info(line, 'request');
}

export function requestMiddleware(settings: RequestSettings) {
  return async function requestContext(ctx: AppContext, next: Next): Promise<void> {
    const startMs = performance.now();
    const given = ctx.get('X-Request-Id');
    const requestId = GOOD_ID.test(given) ? given : randomUUID();
    ctx.state.requestId = requestId;
    ctx.state.log = settings.log.child({ requestId });
    ctx.state.deadline = deadlineIn(settings.deadlineMs);
    // Until the visitor's own are read (files and pictures are answered before that).
    ctx.state.language = 'en';
    ctx.state.currency = 'EUR';
    ctx.state.isApi = ctx.path.startsWith('/api/');
    ctx.set('X-Request-Id', requestId);
    ctx.set('X-Served-By', settings.pod);
    ctx.res.once('close', () => finish(ctx, settings, startMs));
    try {
      await next();
    } finally {
      if (settings.isDraining()) ctx.set('Connection', 'close');
    }
  };
}

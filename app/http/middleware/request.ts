// The outermost middleware: gives a request its id, log and deadline, and writes one line and one measurement
// when it is over. The line has the route's pattern, never the URL: a search or a token in it would be logged.
import { randomUUID } from 'node:crypto';
import { deadlineIn } from '../../platform/deadline.ts';
import type { Log } from '../../platform/log.ts';
import type { Metrics } from '../../platform/metrics.ts';
import type { AppContext, AppState, Next } from '../context.ts';

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

function finish(ctx: AppContext, metrics: Metrics, log: Log, startMs: number): void {
  const { method, status } = ctx;
  const { requestId } = ctx.state;
  const route = routeOf(ctx);
  const durationMs = performance.now() - startMs;
  metrics.requests.observe({ method, route, status }, durationMs / 1000);
  const line = { requestId, method, route, status, durationMs: Math.round(durationMs * 10) / 10 };
  if (status >= 500) log.warn(line, 'request');
  else log.info(line, 'request');
}

function newState(ctx: AppContext, settings: RequestSettings): AppState {
  const given = ctx.get('X-Request-Id');
  const requestId = GOOD_ID.test(given) ? given : randomUUID();
  let log: Log | undefined;
  return {
    requestId,
    // Most requests have nothing to say but their line.
    get log() {
      return (log ??= settings.log.child({ requestId }));
    },
    deadline: deadlineIn(settings.deadlineMs),
    // Until the visitor's own are read (files and pictures are answered before that).
    language: 'en',
    currency: 'EUR',
    afterLsn: null,
    isApi: ctx.path.startsWith('/api/'),
  };
}

export function requestMiddleware(settings: RequestSettings) {
  // The line of a request is made of fixed fields that hold no secret: looking for some in each costs more than it.
  const lines = settings.log.child({}, { redact: [] });
  return async function requestContext(ctx: AppContext, next: Next): Promise<void> {
    const startMs = performance.now();
    ctx.state = newState(ctx, settings);
    ctx.res.setHeader('X-Request-Id', ctx.state.requestId);
    ctx.res.setHeader('X-Served-By', settings.pod);
    if (settings.isDraining()) ctx.set('Connection', 'close');
    ctx.res.once('close', () => finish(ctx, settings.metrics, lines, startMs));
    try {
      await next();
    } finally {
      // Since it began; without effect on an answer that is on its way.
      if (settings.isDraining()) ctx.set('Connection', 'close');
    }
  };
}

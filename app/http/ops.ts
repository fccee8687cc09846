// Probes and metrics, on a port of their own that no shopper reaches. /livez says the event loop turns and asks nobody.
// /readyz is decided by this process's own state alone: a store that is away is named in its answer and takes no pod
// out of service, for all pods would go at once and shoppers could not even browse.
import type { RequestListener, ServerResponse } from 'node:http';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Metrics } from '../platform/metrics.ts';
import type { RedisHealth } from '../platform/redis.ts';

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${body}\n`);
}

async function sendMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  const body = await metrics.registry.metrics();
  response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(body);
}

function probe(response: ServerResponse, good: boolean, name: string): void {
  text(response, good ? 200 : 503, good ? name : `not ${name}`);
}

async function sendReadiness(
  response: ServerResponse,
  lifecycle: Lifecycle,
  redisHealth: () => Promise<RedisHealth>,
): Promise<void> {
  if (!lifecycle.isReady()) {
    probe(response, false, 'ready');
    return;
  }
  const { ok, reason = 'no answer' } = await redisHealth();
  text(response, 200, ok ? 'ready' : `ready, degraded: ${reason}`);
}

/** `redisHealth` must answer within what a probe waits, and never reject. */
export function opsHandler(
  lifecycle: Lifecycle,
  metrics: Metrics,
  redisHealth: () => Promise<RedisHealth>,
): RequestListener {
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/livez': (response) => probe(response, true, 'alive'),
    '/startupz': (response) => probe(response, lifecycle.isStarted(), 'started'),
    '/readyz': (response) => void sendReadiness(response, lifecycle, redisHealth),
    '/metrics': (response) => {
      sendMetrics(response, metrics).catch(() => text(response, 500, 'metrics failed'));
    },
  };
  return (request, response) => {
    const answer = answers[request.url?.split('?')[0] ?? ''];
    if (answer === undefined) text(response, 404, 'not found');
    else answer(response);
  };
}

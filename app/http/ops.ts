// Probes and metrics, on a port of their own that no shopper reaches. /livez says the event loop turns; /readyz is
// this process's own state; neither asks a store.
import type { RequestListener, ServerResponse } from 'node:http';
import type { Lifecycle } from '../platform/lifecycle.ts';
import type { Metrics } from '../platform/metrics.ts';

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

export function opsHandler(lifecycle: Lifecycle, metrics: Metrics): RequestListener {
  const answers: Readonly<Record<string, (response: ServerResponse) => void>> = {
    '/livez': (response) => probe(response, true, 'alive'),
    '/startupz': (response) => probe(response, lifecycle.isStarted(), 'started'),
    '/readyz': (response) => probe(response, lifecycle.isReady(), 'ready'),
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

// The operator's own port: /livez (the event loop turns), /readyz (caches are filled, leader or not) and /metrics.
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

export interface OpsServerOptions {
  /** 0 picks a free port. */
  readonly port: number;
  readonly registry: Registry;
  /** Null when ready, otherwise what is missing. */
  readonly notReadyBecause: () => string | null;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const server = createServer((request, response) => void answer(options, request, response));
  server.requestTimeout = 5000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  { registry, notReadyBecause }: OpsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url?.split('?')[0];
  if (path === '/livez') {
    send(response, 200, 'ok');
  } else if (path === '/readyz') {
    const missing = notReadyBecause();
    send(response, missing === null ? 200 : 503, missing ?? 'ok');
  } else if (path === '/metrics') {
    send(response, 200, await registry.metrics(), registry.contentType);
  } else {
    send(response, 404, 'known: /livez /readyz /metrics');
  }
}

function send(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type }).end(`${text}\n`);
}

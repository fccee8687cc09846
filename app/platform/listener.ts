// An HTTP listener that can be closed without losing a request. Timeouts are set one by one: an idle connection
// must outlive the load balancer's idea of it, or a request may meet a socket that is just being closed; a slow
// client must not.
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  readonly port: number;
  /** Stops accepting, lets running requests finish within `withinMs`, then cuts what is left. */
  readonly close: (withinMs: number) => Promise<void>;
}

/** Above Traefik's 90 s and an ALB's 60 s: the load balancer is always the one to hang up. */
const KEEP_ALIVE_MS = 95_000;
/** All headers, and the whole request, must have come by then; who is late gets 408. */
const HEADERS_MS = 8_000;
const REQUEST_MS = 30_000;
const LATENESS_CHECK_MS = 2_000;
/** A connection on which nothing moves while a request is under way: a client that does not read its answer. */
const STALLED_MS = 30_000;
/** 431 beyond: our cookies are a quarter of it. */
const MOST_HEADER_BYTES = 16_384;
const MOST_HEADERS = 100;

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function closeServer(server: Server, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), withinMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** `port` 0 takes a free one. Rejects when the port is taken. */
export async function startListener(handler: RequestListener, port: number): Promise<Listener> {
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      connectionsCheckingInterval: LATENESS_CHECK_MS,
      maxHeaderSize: MOST_HEADER_BYTES,
    },
    handler,
  );
  server.maxHeadersCount = MOST_HEADERS;
  server.setTimeout(STALLED_MS);
  const bound = await listen(server, port);
  return { port: bound, close: (withinMs) => closeServer(server, withinMs) };
}

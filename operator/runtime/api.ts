// The Kubernetes API as this operator needs it: one request function and one watch, each with a deadline.
// The generated client's calls have none (a Lease read against a silent server hung for 45 s), and a failover
// must never wait on a call that will not return. Authentication and cluster data come from client-node.
import { Agent as HttpAgent, request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { readJsonLines } from './json-lines.ts';

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly object[];
}

export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ObjectMeta;
}

export interface KubeList<T> {
  readonly metadata: { readonly resourceVersion?: string };
  readonly items: readonly T[];
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: KubeObject;
}

export interface CallOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Milliseconds until the call fails with an ApiError of status 0. @default 3000 */
  readonly deadlineMs?: number;
}

export interface Api {
  /** Throws ApiError: `status` is the HTTP status, or 0 when there was no answer within the deadline. */
  request<T>(method: string, path: string, options?: CallOptions): Promise<T>;
  /** Resolves when the server ends the watch; throws ApiError when it fails or is silent for `idleMs`. */
  watch(path: string, options: WatchOptions): Promise<void>;
  close(): void;
}

export interface WatchOptions {
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly onEvent: (event: WatchEvent) => void;
  readonly signal: AbortSignal;
  /** A connection without a byte for this long is taken for dead. @default 30000 */
  readonly idleMs?: number;
}

export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ApiError';
    this.status = status;
  }
}

export const isConflict = (error: unknown): boolean => error instanceof ApiError && error.status === 409;
export const isNotFound = (error: unknown): boolean => error instanceof ApiError && error.status === 404;

const DEADLINE_MS = 3000;
const WATCH_IDLE_MS = 30_000;

type Open = (
  method: string,
  path: string,
  options: CallOptions,
  signal: AbortSignal,
) => Promise<IncomingMessage>;

/** An Api on the current cluster of `kubeConfig`. Close it to free its sockets. */
export function connectApi(kubeConfig: KubeConfig, deadlineMs = DEADLINE_MS): Api {
  const server = kubeConfig.getCurrentCluster()?.server;
  if (server === undefined) throw new Error('kubernetes: no current cluster in the configuration');
  const agent = server.startsWith('https:')
    ? new HttpsAgent({ keepAlive: true })
    : new HttpAgent({ keepAlive: true });
  const open = opener(kubeConfig, server, agent);
  return {
    request: async <T>(method: string, path: string, options: CallOptions = {}) => {
      const limitMs = options.deadlineMs ?? deadlineMs;
      try {
        const response = await open(method, path, options, AbortSignal.timeout(limitMs));
        return await readAnswer<T>(method, path, response);
      } catch (error) {
        throw asApiError(error, `${method} ${path}`, limitMs);
      }
    },
    watch: async (path, options) => {
      const query = { ...options.query, watch: 'true', allowWatchBookmarks: 'true' };
      const idleMs = options.idleMs ?? WATCH_IDLE_MS;
      try {
        const response = await open('GET', path, { query }, options.signal);
        if (response.statusCode !== 200) await readAnswer('WATCH', path, response);
        await readJsonLines(response, { idleMs, onLine: (line) => options.onEvent(line as WatchEvent) });
      } catch (error) {
        throw asApiError(error, `WATCH ${path}`, idleMs);
      }
    },
    close: () => agent.destroy(),
  };
}

function opener(kubeConfig: KubeConfig, server: string, agent: HttpAgent | HttpsAgent): Open {
  const send = server.startsWith('https:') ? httpsRequest : httpRequest;
  return async (method, path, options, signal) => {
    const url = new URL(server + path);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    const auth: RequestOptions = { headers: {} };
    await kubeConfig.applyToHTTPSOptions(auth);
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    const headers: Record<string, string | number> = {
      ...(auth.headers as Record<string, string>),
      accept: 'application/json',
    };
    if (body !== undefined) {
      headers['content-type'] = options.contentType ?? 'application/json';
      headers['content-length'] = Buffer.byteLength(body);
    }
    return new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = send(url, { ...auth, agent, method, headers, signal }, resolve);
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  };
}

async function readAnswer<T>(method: string, path: string, response: IncomingMessage): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  const status = response.statusCode ?? 0;
  if (status < 200 || status > 299) {
    throw new ApiError(`${method} ${path}: ${status} ${statusMessage(text)}`, status);
  }
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function statusMessage(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text.slice(0, 200);
  }
}

function asApiError(error: unknown, call: string, limitMs: number): ApiError {
  if (error instanceof ApiError) return error;
  const cause = error instanceof Error ? error : new Error(String(error));
  const timedOut = cause.name === 'TimeoutError' || cause.name === 'AbortError';
  const what = timedOut ? `no answer within ${limitMs} ms` : cause.message;
  return new ApiError(`${call}: ${what}`, 0, { cause });
}

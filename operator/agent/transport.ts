// How agents and operator reach an agent: HTTP with a bearer token, over TLS where it is told whom to trust. Every
// request has a deadline.
import { request as httpRequest } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';

export interface AgentTarget {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  /** Authorities in PEM, one of which must have signed its certificate; null: the connection is plain. */
  readonly ca: string | null;
  /** The name its certificate must be for, when it is dialled by address. */
  readonly serverName?: string;
}

export interface AgentRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Opens a request; resolves with the response's head. Rejects when refused, reset or aborted. */
export function openAgent(
  target: AgentTarget,
  { method, path, body, signal }: AgentRequest,
): Promise<IncomingMessage> {
  const { host, port, token, ca } = target;
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers: Record<string, string | number> = { authorization: `Bearer ${token}` };
  if (text !== undefined) {
    headers['content-type'] = 'application/json';
    headers['content-length'] = Buffer.byteLength(text);
  }
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path, headers, signal, agent: false as const };
    const outgoing: ClientRequest =
      ca === null
        ? httpRequest(options, resolve)
        : httpsRequest({ ...options, ca, ...nameOf(target) }, resolve);
    outgoing.setNoDelay(true);
    outgoing.on('error', reject);
    outgoing.end(text);
  });
}

/** An address cannot be asked for by name (RFC 6066); it is then checked against the certificate as an address. */
function nameOf({ host, serverName = host }: AgentTarget): { servername: string } {
  return { servername: isIP(serverName) === 0 ? serverName : '' };
}

/** One question, one JSON answer. Rejects on any status but those in `expected`. */
export async function askAgent<T>(
  target: AgentTarget,
  request: Omit<AgentRequest, 'signal'>,
  deadlineMs: number,
  expected: readonly number[] = [200],
): Promise<T> {
  const response = await openAgent(target, { ...request, signal: AbortSignal.timeout(deadlineMs) });
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  if (!expected.includes(response.statusCode ?? 0)) {
    throw new Error(
      `agent ${target.host}: ${request.path}: ${response.statusCode ?? 0} ${text.slice(0, 200)}`,
    );
  }
  return JSON.parse(text) as T;
}

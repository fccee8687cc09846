// Speaks the list and watch protocol of an API server over HTTPS, from objects its parent sends. It stands in for
// the API server only so that the agent can run whole inside a network namespace; the agent against a real API
// server is test/e2e/network-policy.test.ts. Ends with its parent.
import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:https';

export interface ApiObject {
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid?: string };
}

/** Puts an object in place, or with `object` undefined removes it. */
export interface Change {
  readonly path: string;
  readonly key: string;
  readonly object?: ApiObject;
}

const objects = new Map<string, Map<string, ApiObject>>();
/** Every event so far: a watch starts where its list ended, as with the real one. */
const events: { readonly path: string; readonly version: number; readonly line: string }[] = [];
const watchers = new Map<string, Set<ServerResponse>>();
let version = 1;

function at<T>(map: Map<string, T>, key: string, empty: () => T): T {
  const present = map.get(key) ?? empty();
  map.set(key, present);
  return present;
}

process.on('message', ({ path, key, object }: Change) => {
  const kind = at(objects, path, () => new Map<string, ApiObject>());
  const type = object ? (kind.has(key) ? 'MODIFIED' : 'ADDED') : 'DELETED';
  const subject = object ?? kind.get(key);
  if (object) kind.set(key, object);
  else kind.delete(key);
  version++;
  const line = `${JSON.stringify({ type, object: subject })}\n`;
  events.push({ path, version, line });
  for (const response of watchers.get(path) ?? []) response.write(line);
});
process.on('disconnect', () => process.exit());

const tls = {
  key: readFileSync(process.env['TLS_KEY'] ?? ''),
  cert: readFileSync(process.env['TLS_CERT'] ?? ''),
};
createServer(tls, (request, response) => {
  const url = new URL(request.url ?? '/', 'https://api');
  if (request.headers.authorization !== 'Bearer test-token') return response.writeHead(401).end();
  response.writeHead(200, { 'content-type': 'application/json' });
  if (!url.searchParams.has('watch')) {
    const items = [...(objects.get(url.pathname)?.values() ?? [])];
    return response.end(JSON.stringify({ metadata: { resourceVersion: String(version) }, items }));
  }
  response.flushHeaders();
  const since = Number(url.searchParams.get('resourceVersion'));
  const missed = events.filter(({ path, version: at }) => path === url.pathname && at > since);
  for (const { line } of missed) response.write(line);
  const watching = at(watchers, url.pathname, () => new Set<ServerResponse>());
  watching.add(response);
  response.on('close', () => watching.delete(response));
  return undefined;
}).listen(6443, '127.0.0.1', () => process.send?.('listening'));

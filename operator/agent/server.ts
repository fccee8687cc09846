// The agent's HTTP door. Probes are open; everything else needs the token that only operator and members have.
import { timingSafeEqual } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import * as z from 'zod';
import type { BackupKeeper } from './backup/backup-keeper.ts';
import { backupSettingsShape, restoreShape } from './backup/backup-settings.ts';
import { passwordsShape } from './passwords/known-passwords.ts';
import type { PasswordKeeper } from './passwords/password-keeper.ts';
import type { AgentStatus } from './protocol.ts';
import { notReadyBecause } from './status.ts';
import type { Supervisor } from './supervisor.ts';
import type { Certificate } from './tls-files.ts';

const term = z.number().int().min(1);
const lsn = z.string().regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/);

const rule = z.strictObject({
  version: z.number().int().min(0),
  members: z.array(z.string().min(1)).min(2).max(9),
  acks: z.number().int().min(1).max(8),
});

const commandShape = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bootstrap'), term, restore: restoreShape.optional() }),
  z.strictObject({ kind: z.literal('freeze'), term }),
  z.strictObject({ kind: z.literal('promote'), term, rule: rule.optional() }),
  z.strictObject({ kind: z.literal('require'), term, rule }),
  z.strictObject({ kind: z.literal('start'), term }),
  z.strictObject({ kind: z.literal('stop'), term }),
  z.strictObject({
    kind: z.literal('follow'),
    term,
    primary: z.string().min(1),
    address: z.union([z.ipv4(), z.ipv6()]).nullable().optional(),
    systemId: z.string().min(1),
    lineage: z.array(z.object({ term, startLsn: lsn })).max(10_000),
    mayReplaceData: z.boolean(),
    rule: rule.optional(),
  }),
]);

const orderShape = z.strictObject({ id: z.string().min(1).max(63), type: z.enum(['full', 'incr']) });

export interface ServerOptions {
  readonly supervisor: Supervisor;
  readonly backups: BackupKeeper;
  readonly port: number;
  readonly passwords: PasswordKeeper;
  /** Read at each request, so that a rotated token is seen; any of them opens. */
  readonly tokens: () => readonly string[];
  /** Null: the door is plain. */
  readonly certificate: Certificate | null;
}

export interface Door {
  /** Shown to whoever comes from now on; who is inside stays. */
  renew(certificate: Certificate): void;
  /** Ends every conversation. */
  close(): void;
}

const MAX_BODY_BYTES = 1024 * 1024;
/** The operator takes a stream that is silent for longer than a few of these for dead. */
const STREAM_EVERY_MS = 250;
/** A reader that takes nothing for so long is cut off, so that it cannot fill our memory. */
const MAX_PENDING_BYTES = 1024 * 1024;

export async function startServer(options: ServerOptions): Promise<Door> {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    answer(options, request, response).catch((error: unknown) => {
      send(response, 400, { error: error instanceof Error ? error.message : String(error) });
    });
  };
  const secure = options.certificate && createHttpsServer(tlsOptions(options.certificate), listener);
  const server: Server = secure ?? createHttpServer(listener);
  server.headersTimeout = 5000;
  server.on('connection', (socket) => socket.setNoDelay(true));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, resolve);
  });
  return {
    renew: (certificate) => secure?.setSecureContext(tlsOptions(certificate)),
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function tlsOptions({ cert, key }: Certificate) {
  return { cert, key, minVersion: 'TLSv1.3' } as const;
}

async function answer(
  options: ServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { supervisor } = options;
  const path = request.url?.split('?')[0] ?? '/';
  if (answerProbe(supervisor, path, response)) return;
  if (!options.tokens().some((token) => isAuthorized(request, token))) {
    send(response, 401, { error: 'a valid bearer token is needed' });
  } else if (path === '/v1/status') {
    send(response, 200, supervisor.status());
  } else if (path === '/v1/stream') {
    stream(supervisor, response);
  } else {
    const order = request.method === 'POST' ? orders[path] : undefined;
    if (!order) {
      send(response, 404, { error: `known: ${known.join(' ')}` });
      return;
    }
    const result = order(options, JSON.parse(await readBody(request)));
    send(response, result.accepted ? 200 : 409, result);
  }
}

type Order = (options: ServerOptions, body: unknown) => { readonly accepted: boolean };

/** What may be asked for by POST; each throws on a body that is not of its shape. */
const orders: Readonly<Partial<Record<string, Order>>> = {
  '/v1/command': ({ supervisor }, body) => supervisor.handle(commandShape.parse(body)),
  '/v1/backup': ({ backups }, body) => {
    const reason = backups.start(orderShape.parse(body));
    return { accepted: reason === null, reason };
  },
  '/v1/backup/settings': ({ backups }, body) => {
    backups.configure(backupSettingsShape.nullable().parse(body));
    return { accepted: true };
  },
  '/v1/passwords': ({ passwords }, body) => {
    passwords.take(passwordsShape.parse(body));
    return { accepted: true };
  },
};

const known = ['/v1/status', '/v1/stream', ...Object.keys(orders), '/livez', '/readyz', '/startupz'];

/** What the kubelet asks, without a credential; whether `path` was one of it. */
function answerProbe(supervisor: Supervisor, path: string, response: ServerResponse): boolean {
  if (path === '/livez' || path === '/startupz') {
    send(response, 200, { ok: true });
    return true;
  }
  if (path !== '/readyz') return false;
  const reason = notReadyBecause(supervisor.machine);
  send(response, reason === null ? 200 : 503, { ok: reason === null, reason });
  return true;
}

function isAuthorized(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return token !== '' && given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += (chunk as Buffer).length;
    if (size > MAX_BODY_BYTES) throw new Error('body too long');
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function stream(supervisor: Supervisor, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  const write = (status: AgentStatus): void => {
    if (response.writableLength > MAX_PENDING_BYTES) response.destroy();
    else response.write(`${JSON.stringify(status)}\n`);
  };
  const stopListening = supervisor.listen(write);
  // Also while the loop is inside a long step: the agent is alive, and says so.
  const timer = setInterval(() => write(supervisor.status()), STREAM_EVERY_MS);
  response.on('close', () => {
    clearInterval(timer);
    stopListening();
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
}

// While the process drains, each answer closes its connection: the load balancer then dials another pod. Also an answer
// that is written before the outermost middleware has its turn again.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import Koa from 'koa';
import type { AppContext, AppState } from '../../../app/http/context.ts';
import { piecesMiddleware, setPieces, writePieces } from '../../../app/http/middleware/pieces.ts';
import { requestMiddleware } from '../../../app/http/middleware/request.ts';
import { createLog } from '../../../app/platform/log.ts';
import { createMetrics } from '../../../app/platform/metrics.ts';

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

async function connectionOf(isDraining: boolean, handler: (ctx: AppContext) => void): Promise<string | null> {
  const app = new Koa<AppState>();
  app.use(
    requestMiddleware({
      log: createLog({ level: 'fatal', pod: 'app-1' }, nowhere),
      metrics: createMetrics(),
      pod: 'app-1',
      deadlineMs: 1_000,
      isDraining: () => isDraining,
    }),
  );
  app.use(piecesMiddleware);
  app.use(handler);
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as AddressInfo;
    return (await fetch(`http://127.0.0.1:${port}/`)).headers.get('connection');
  } finally {
    server.close();
  }
}

describe('an answer of a process that drains', () => {
  const inPieces = (ctx: AppContext): void => setPieces(ctx, [Buffer.from('shirts')]);
  const asText = (ctx: AppContext): void => void (ctx.body = 'shirts');
  const atOnce = (ctx: AppContext): void => writePieces(ctx, [Buffer.from('shirts')], ['Content-Length', 6]);
  const handlers = { 'in pieces': inPieces, 'as text': asText, 'with its head at once': atOnce };

  for (const [name, handler] of Object.entries(handlers)) {
    it(`${name}: closes its connection`, async () => {
      expect(await connectionOf(true, handler)).to.equal('close');
      expect(await connectionOf(false, handler)).to.equal('keep-alive');
    });
  }
});

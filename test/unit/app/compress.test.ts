import { expect } from 'chai';
import { get, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import type { AppState } from '../../../app/http/context.ts';
import { compressMiddleware } from '../../../app/http/middleware/compress.ts';

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** One request to a server that answers with `body`; the bytes as they travelled. */
async function answerTo(body: unknown, type: string, acceptEncoding?: string): Promise<Answer> {
  const app = new Koa<AppState>();
  app.use(compressMiddleware);
  app.use((ctx) => {
    ctx.body = body;
    if (type !== '') ctx.type = type;
  });
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const headers = acceptEncoding === undefined ? {} : { 'accept-encoding': acceptEncoding };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      get({ port: (server.address() as AddressInfo).port, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(chunks) }));
      }).on('error', reject);
    });
  } finally {
    server.close();
  }
}

const page = '<p>Clothes</p>'.repeat(500);

describe('compression', () => {
  it('shrinks a page for a browser that takes gzip, and says so to caches', async () => {
    const { headers, body } = await answerTo(page, 'html', 'br, gzip');
    expect(headers).to.include({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(headers['content-type']).to.equal('text/html; charset=utf-8');
    expect(headers['content-length']).to.equal(String(body.length));
    expect(gunzipSync(body).toString()).to.equal(page);
  });

  it('leaves the page as it is for others, with the same Vary', async () => {
    for (const encoding of [undefined, 'identity', 'gzip;q=0']) {
      const { headers, body } = await answerTo(page, 'html', encoding);
      expect(headers).to.not.have.property('content-encoding');
      expect(headers.vary).to.equal('Accept-Encoding');
      expect(body.toString()).to.equal(page);
    }
  });

  it('shrinks files that are streamed and objects that become JSON', async () => {
    const file = await answerTo(Readable.from([page, page]), 'css', 'gzip');
    expect(gunzipSync(file.body).toString()).to.equal(page + page);
    const json = await answerTo({ page }, '', 'gzip');
    expect(json.headers['content-type']).to.equal('application/json; charset=utf-8');
    expect(JSON.parse(gunzipSync(json.body).toString())).to.deep.equal({ page });
  });

  it('does not touch what is small or already dense', async () => {
    expect((await answerTo('short', 'html', 'gzip')).headers).to.not.have.property('content-encoding');
    expect((await answerTo(Buffer.alloc(5000), 'png', 'gzip')).headers).to.not.have.property(
      'content-encoding',
    );
  });
});

import { expect } from 'chai';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { shopClient } from '../../support/shop-client.ts';

describe('the test shopper', () => {
  let server: Server;
  let url: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  before(async () => {
    server = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => server.close());

  it('keeps the cookies it is given, and forgets those that end', async () => {
    const cookies: (string | undefined)[] = [];
    const gives = [
      ['a=1; Path=/', 'b=2'],
      ['a=; Max-Age=0', 'b=; expires=Thu, 01 Jan 1970 00:00:00 GMT'],
      [],
    ];
    answer = (request, response) => {
      cookies.push(request.headers.cookie);
      response.setHeader('set-cookie', gives[cookies.length - 1] ?? []).end('{}');
    };
    const client = shopClient(url);
    for (let visit = 0; visit < 3; visit += 1) await client.cart();
    expect(cookies.map((cookie) => cookie || 'none')).to.deep.equal(['none', 'a=1; b=2', 'none']);
  });

  it('returns problems instead of throwing them, and says which pod answered', async () => {
    answer = (_request, response) => {
      response.writeHead(409, { 'content-type': 'application/problem+json', 'x-served-by': 'app-7' });
      response.end('{"title":"sold out"}');
    };
    const { status, body, pod } = await shopClient(url).cart();
    expect({ status, body, pod }).to.deep.equal({ status: 409, body: { title: 'sold out' }, pod: 'app-7' });
  });
});

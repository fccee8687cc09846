import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import { expect } from 'chai';
import { ApiError, connectApi, isConflict } from '../../../../operator/runtime/api.ts';
import type { Api, WatchEvent } from '../../../../operator/runtime/api.ts';

async function rejection(promise: Promise<unknown>): Promise<ApiError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('expected an ApiError');
}

describe('API client', () => {
  let server: Server;
  let api: Api;

  async function start(listener: RequestListener): Promise<void> {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'test', server: url, skipTLSVerify: true },
      { name: 'test', token: 'token' },
    );
    api = connectApi(config, 200);
  }

  afterEach(() => {
    api.close();
    server.closeAllConnections();
    server.close();
  });

  it('gives up after its deadline when the server accepts and stays silent', async () => {
    await start(() => undefined);
    const error = await rejection(api.request('GET', '/api/v1/namespaces/ns/pods'));
    expect(error.status).to.equal(0);
    expect(error.message).to.include('no answer within 200 ms');
  });

  it('gives up after its deadline when the answer stops half way', async () => {
    await start((_request, response) => response.writeHead(200).write('{"half":'));
    const error = await rejection(api.request('GET', '/slow'));
    expect(error.status).to.equal(0);
  });

  it('reports the status code and the message of a refusal', async () => {
    await start((_request, response) => response.writeHead(409).end('{"message":"object was changed"}'));
    const error = await rejection(api.request('PUT', '/thing', { body: {} }));
    expect(isConflict(error)).to.equal(true);
    expect(error.message).to.equal('PUT /thing: 409 object was changed');
  });

  it('sends credentials, content type and query', async () => {
    let seen: object = {};
    await start((request, response) => {
      const { authorization, 'content-type': type } = request.headers;
      seen = { authorization, type, url: request.url };
      response.end('{}');
    });
    await api.request('PATCH', '/x', { query: { force: 'true' }, body: {}, contentType: 'application/y' });
    expect(seen).to.deep.equal({
      authorization: 'Bearer token',
      type: 'application/y',
      url: '/x?force=true',
    });
  });

  it('delivers watch events as they come and fails when the stream falls silent', async () => {
    await start((_request, response) => response.write('{"type":"ADDED","object":{}}\n'));
    const events: WatchEvent[] = [];
    const signal = new AbortController().signal;
    const error = await rejection(
      api.watch('/pods', { onEvent: (event) => events.push(event), signal, idleMs: 100 }),
    );
    expect(error.message).to.include('silent for 100 ms');
    expect(events.map((event) => event.type)).to.deep.equal(['ADDED']);
  });
});

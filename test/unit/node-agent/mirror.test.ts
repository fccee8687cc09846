// The local copy of a kind of object, against a server that does what API servers do: pages, old versions, cut lines.
import { expect } from 'chai';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiError, type ApiClient } from '../../../k8s/kind/node-agent/api/client.ts';
import { createMirror, type Mirror } from '../../../k8s/kind/node-agent/api/mirror.ts';
import { eventually } from '../../support/eventually.ts';

interface Thing {
  readonly name: string;
}

const resource = {
  name: 'things',
  path: '/things',
  key: ({ name }: Thing): string => name,
  parse: (wire: Thing): Thing => wire,
};

describe('the copy of a kind of object', () => {
  let server: Server;
  let answer: (url: URL, response: ServerResponse) => void;
  let stop: AbortController;
  let done: Promise<void>;

  beforeEach(async () => {
    server = createServer((request, response) => answer(new URL(request.url ?? '', 'http://api'), response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    stop = new AbortController();
    done = Promise.resolve();
  });

  afterEach(async () => {
    stop.abort();
    await done;
    server.closeAllConnections();
    server.close();
  });

  function start(options: { optional?: boolean } = {}): Mirror<Thing> {
    const { port } = server.address() as AddressInfo;
    const client: ApiClient = {
      get: (path, { signal }) => open(`http://127.0.0.1:${port}${path}`, signal),
      close: () => undefined,
    };
    const mirror = createMirror(
      { ...resource, ...options },
      { client, onChange: () => undefined, log: () => undefined },
    );
    done = mirror.run(stop.signal);
    return mirror;
  }

  async function open(url: string, signal: AbortSignal): Promise<IncomingMessage> {
    const [response] = (await once(get(url, { signal }), 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) throw new ApiError(url, response.statusCode ?? 0);
    return response;
  }

  const list = (response: ServerResponse, names: string[], more = ''): void => {
    const metadata = { resourceVersion: '7', continue: more };
    response.end(JSON.stringify({ metadata, items: names.map((name) => ({ name })) }));
  };
  const event = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;
  const holds = (mirror: Mirror<Thing>, names: string[]): Promise<unknown> =>
    eventually(() => expect([...(mirror.records()?.keys() ?? ['nothing yet'])]).to.deep.equal(names), {
      withinMs: 3000,
      everyMs: 10,
    });

  it('is complete only when every page has been read', async () => {
    answer = (url, response) => {
      if (url.searchParams.has('watch')) response.flushHeaders();
      else if (url.searchParams.get('continue') === 'next') list(response, ['b']);
      else list(response, ['a'], 'next');
    };
    const mirror = start();
    expect(mirror.records()).to.equal(undefined);
    await holds(mirror, ['a', 'b']);
  });

  it('follows what is added, changed and removed, from the version it listed', async () => {
    let asked = '';
    answer = (url, response) => {
      if (!url.searchParams.has('watch')) {
        list(response, ['a', 'b']);
        return;
      }
      asked = url.searchParams.get('resourceVersion') ?? '';
      const added = event('ADDED', { name: 'c' });
      response.write(event('BOOKMARK', {}) + added.slice(0, 10));
      response.write(added.slice(10) + event('DELETED', { name: 'a' }));
    };
    await holds(start(), ['b', 'c']);
    expect(asked).to.equal('7');
  });

  it('lists again when its version has become too old, and when the line is cut', async () => {
    const contents = [['a'], ['b'], ['c']];
    let lists = 0;
    answer = (url, response) => {
      if (!url.searchParams.has('watch')) {
        list(response, contents[lists++] ?? ['end']);
        return;
      }
      if (lists === 1) return void response.end(event('ERROR', { code: 410 }));
      if (lists === 2) return void response.write(event('ADDED', { name: 'x' }), () => response.destroy());
      response.flushHeaders();
    };
    await holds(start(), ['c']);
  });

  it('keeps the last copy while the server cannot answer', async () => {
    let down = false;
    answer = (url, response) => {
      if (down) return void response.writeHead(500).end();
      if (!url.searchParams.has('watch')) {
        list(response, ['a']);
        return;
      }
      down = true;
      return void response.end();
    };
    const mirror = start();
    await holds(mirror, ['a']);
    await eventually(() => expect(down).to.equal(true), { withinMs: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    await holds(mirror, ['a']);
  });

  it('counts a kind the server does not know as empty, if it may be missing', async () => {
    answer = (_, response) => void response.writeHead(404).end();
    await holds(start({ optional: true }), []);
  });
});

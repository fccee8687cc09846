// Connections to nodes whose set is gone, against a server that accepts at once and answers when it is told to.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { expect } from 'chai';
import { NodeSilent, openLinks } from '../../../../operator/redis/links.ts';
import type { Links, NodeQuestion } from '../../../../operator/redis/links.ts';

describe('links that were closed', () => {
  let server: Server;
  let node: NodeQuestion;
  let links: Links;

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    node = { address: '127.0.0.1', port: (server.address() as AddressInfo).port };
    links = openLinks({ passwords: () => ['secret'], onLost: () => undefined, timeoutMs: 10_000 });
  });

  afterEach(() => {
    server.close();
  });

  const refusal = (asked: Promise<unknown>): Promise<unknown> =>
    asked.then(
      () => undefined,
      (error: unknown) => error,
    );

  it('end a connection, too, that was just being opened', async () => {
    const refused = refusal(links.ask(node, [['ping']]));
    const [socket] = (await once(server, 'connection')) as [Socket];
    await once(socket, 'readable');
    links.close();
    socket.on('data', (data) => socket.write('+OK\r\n'.repeat(String(data).match(/^\*/gm)?.length ?? 0)));
    await once(socket, 'end');
    expect(await refused).to.be.instanceOf(NodeSilent);
  });

  it('open no other', async () => {
    let connections = 0;
    server.on('connection', (socket) => {
      connections += 1;
      socket.destroy();
    });
    links.close();
    expect(await refusal(links.ask(node, [['ping']]))).to.be.instanceOf(NodeSilent);
    expect(connections).to.equal(0);
  });
});

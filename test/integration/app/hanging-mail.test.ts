// A mail server that takes the connection and then says nothing: mails wait for it, but neither money nor the end of the
// process does.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { expect } from 'chai';
import { createSimulatedProvider } from '../../../app/checkout/payment.ts';
import { eventually } from '../../support/eventually.ts';
import { anyVariant } from '../../support/shop-client.ts';
import { startShop } from '../../support/shop.ts';
import type { TestShop } from '../../support/shop.ts';
import { timeouts } from '../../support/timeouts.ts';

interface SilentServer {
  /** Mails are given up after so long. */
  readonly url: (givenUpAfterMs: number) => string;
  readonly close: () => void;
}

async function startSilent(event: (name: 'mail begun' | 'mail given up') => unknown): Promise<SilentServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    event('mail begun');
    socket.on('error', () => undefined);
    socket.on('close', () => event('mail given up'));
    // Read, or it would never see that the other side has gone.
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: (ms) => `smtp://127.0.0.1:${port}?connectionTimeout=${ms}&socketTimeout=${ms}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

describe('a mail server that says nothing', function () {
  this.timeout(2 * timeouts.fixtureMs);
  const events: string[] = [];
  let smtp: SilentServer;
  let shop: TestShop;

  before(async () => {
    smtp = await startSilent((name) => events.push(name));
    shop = await startShop({
      env: { SHOP_SMTP_URL: smtp.url(2 * timeouts.fixtureMs) },
      payment: {
        ...createSimulatedProvider(),
        capture: () => Promise.resolve(void events.push('captured')),
        release: () => Promise.resolve(void events.push('released')),
      },
    });
  });
  after(async () => {
    smtp.close();
    await shop.close();
  });

  async function putMails(count: number): Promise<void> {
    await shop.query(
      `INSERT INTO outbox (kind, payload, next_try_at)
       SELECT 'password-reset', '{"email": "ada@example.org", "token": "t"}', now() - interval '1 hour'
         FROM generate_series(1, $1)`,
      [count],
    );
  }

  const soon = (assertion: () => void) => eventually(assertion, { withinMs: timeouts.localServerReadyMs });

  it('holds up neither taking the money of an order nor giving it back, however many mails wait', async () => {
    await putMails(5);
    await soon(() => expect(events).to.deep.equal(['mail begun']));
    const client = shop.client();
    await client.add((await anyVariant(client, 2)).sku);
    const { body } = await client.order();
    await soon(() => expect(events).to.deep.equal(['mail begun', 'captured']));
    await client.request('POST', `/api/v1/orders/${body.id}/cancel`);
    await soon(() => expect(events).to.deep.equal(['mail begun', 'captured', 'released']));
  });

  it('holds up the end of a process for the one mail under way, not for those behind it', async () => {
    let begun = 0;
    const silent = await startSilent((name) => (begun += name === 'mail begun' ? 1 : 0));
    try {
      const leaving = await shop.another({ SHOP_SMTP_URL: silent.url(500), SHOP_SHUTDOWN_GAP_MS: '2000' });
      await putMails(5);
      await soon(() => expect(begun).to.be.greaterThan(0));
      const before = begun;
      await leaving.stop();
      // One may just have been taken when the process was told to stop; in the gap that comes first none is.
      expect(begun - before).to.be.at.most(1);
    } finally {
      silent.close();
    }
  });
});

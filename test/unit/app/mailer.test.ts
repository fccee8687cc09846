// A mail server that refuses a mail quotes the address it was for, which must not get into the log. And no mail goes to
// somebody who has left since it was decided on.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Writable } from 'node:stream';
import { expect } from 'chai';
import { createMailer } from '../../../app/mail/mailer.ts';
import type { Order } from '../../../app/orders/order.ts';
import { createLog } from '../../../app/platform/log.ts';
import type { OutboxItem } from '../../../app/platform/outbox.ts';
import { startSmtp } from '../../support/smtp.ts';
import { timeouts } from '../../support/timeouts.ts';

const email = 'ada.quill@example.org';
const mail: OutboxItem = { id: '1', kind: 'order-shipped', payload: { email, orderId: 'an-order' } };

/** Speaks as much SMTP as it takes to refuse at `command`. */
function refuse(socket: Socket, refused: string): void {
  socket.write('220 mail.example.org\r\n');
  socket.on('data', (chunk) => {
    const line = chunk.toString().trim();
    const quoted = `550 5.1.1 <${email}>: no such user here\r\n`;
    socket.write(line.startsWith(refused) ? quoted : '250 mail.example.org\r\n');
  });
  socket.on('error', () => undefined);
}

describe('a mail that the mail server refuses', function () {
  this.timeout(timeouts.soonMs);
  let server: Server;
  afterEach(() => server.close());

  async function lineFor(refused: string): Promise<string> {
    server = createServer((socket) => refuse(socket, refused)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    let text = '';
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString();
        done();
      },
    });
    const log = createLog({ level: 'info', pod: 'test' }, output);
    const smtpUrl = `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const send = createMailer({
      ...{ smtpUrl, from: 'shop@example.org', publicUrl: 'http://localhost', log },
      orderOf: () => Promise.resolve(undefined),
    });
    await send(mail).catch((error: unknown) => log.warn({ err: error }, 'outbox: not done'));
    return text;
  }

  for (const command of ['RCPT TO', 'MAIL FROM']) {
    it(`is logged with the server's code and without the address, refused at ${command}`, async () => {
      const line = await lineFor(command);
      expect(line).to.include('outbox: not done').and.include('550');
      expect(line).to.not.include('ada.quill');
    });
  }
});

describe('a mail about an order whose account was deleted meanwhile', function () {
  this.timeout(timeouts.soonMs);

  const placed: Order = {
    ...{
      id: 'an-order',
      number: 'MC-100042',
      cartId: 'a-cart',
      accountId: 'an-account',
      email,
      status: 'paid',
    },
    address: { name: 'Ada Quill', street: 'Lindenweg 4', postcode: '10115', city: 'Berlin', country: 'DE' },
    ...{ shipping: 'standard', currency: 'EUR', subtotalCents: 100, shippingCents: 0, totalCents: 100 },
    ...{ cardLastFour: '4242', placedAt: new Date(0), lines: [] },
  };
  const nobody = { name: '', street: '', postcode: '', city: '', country: '' };
  const left: Order = { ...placed, accountId: null, email: '', address: nobody };

  async function mailedFor(order: Order): Promise<readonly string[]> {
    const smtp = await startSmtp();
    try {
      const send = createMailer({
        ...{ smtpUrl: smtp.url, from: 'shop@example.org', publicUrl: 'http://localhost' },
        ...{ log: createLog({ level: 'silent', pod: 'test' }), orderOf: () => Promise.resolve(order) },
      });
      for (const kind of ['order-confirmation', 'order-shipped']) await send({ ...mail, kind });
      return smtp.mails.map(({ to }) => to);
    } finally {
      smtp.close();
    }
  }

  it('is not sent', async () => {
    expect(await mailedFor(placed)).to.deep.equal([email, email]);
    expect(await mailedFor(left)).to.deep.equal([]);
  });
});

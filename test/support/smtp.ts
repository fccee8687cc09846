// As much of a mail server as it takes to receive: it believes everybody and keeps the mails as text. Real ones want
// a domain and somebody to answer for it.
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

export interface Received {
  readonly to: string;
  /** Headers and body, decoded. */
  readonly text: string;
}

export interface TestSmtp {
  readonly url: string;
  readonly mails: readonly Received[];
  readonly close: () => void;
}

/** Quoted-printable, as nodemailer sends what is not ASCII. */
function decoded(data: string): string {
  const bytes = data
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

function receive(socket: Socket, mails: Received[]): void {
  let [to, data] = ['', null as string | null];
  socket.setEncoding('latin1');
  socket.write('220 mail.example.org\r\n');
  socket.on('data', (chunk: string) => {
    if (data === null) {
      to = /^RCPT TO:<(.*?)>/im.exec(chunk)?.[1] ?? to;
      const isData = /^DATA\r\n/i.test(chunk);
      if (isData) data = '';
      socket.write(isData ? '354 go on\r\n' : '250 mail.example.org\r\n');
      return;
    }
    data += chunk;
    if (!data.endsWith('\r\n.\r\n')) return;
    mails.push({ to, text: decoded(data) });
    data = null;
    socket.write('250 kept\r\n');
  });
  socket.on('error', () => undefined);
}

export async function startSmtp(): Promise<TestSmtp> {
  const mails: Received[] = [];
  const server = createServer((socket) => receive(socket, mails)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    mails,
    close: () => void server.close(),
  };
}

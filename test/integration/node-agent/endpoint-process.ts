// Runs inside a pod's network namespace and does what its parent asks: serve TCP and UDP ports by echoing, open
// connections, keep one open and say whether it still carries data. Ends with its parent.
import { createSocket } from 'node:dgram';
import { connect, createServer, type Socket } from 'node:net';

export interface Request {
  readonly id: number;
  readonly do: 'serve' | 'reach' | 'open' | 'ping' | 'from';
  readonly protocol: 'TCP' | 'UDP';
  readonly host: string;
  readonly port: number;
  readonly timeoutMs: number;
}

const held = new Map<string, Socket>();

function within<T>(timeoutMs: number, work: (done: (value: T) => void) => void, otherwise: T): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(otherwise), timeoutMs);
    work((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

function serve({ protocol, port }: Request): Promise<true> {
  return new Promise((resolve) => {
    if (protocol === 'UDP') {
      const socket = createSocket('udp4');
      socket.on('message', (data, { port: replyPort, address }) => socket.send(data, replyPort, address));
      socket.bind(port, () => resolve(true));
      return;
    }
    const server = createServer((socket) => {
      // The peer's address first: tests of masquerading want to know it.
      socket.write(`${socket.remoteAddress ?? ''}\n`);
      socket.on('error', () => socket.destroy());
      socket.pipe(socket);
    });
    server.listen(port, '0.0.0.0', () => resolve(true));
  });
}

/** The first thing the other side says, or undefined. */
function hello(request: Request): Promise<string | undefined> {
  return within<string | undefined>(
    request.timeoutMs,
    (done) => {
      const socket = connect(request.port, request.host);
      const end = (said: string | undefined): void => {
        socket.destroy();
        done(said);
      };
      socket.once('data', (data) => end(data.toString().trim()));
      socket.once('error', () => end(undefined));
      setTimeout(() => socket.destroy(), request.timeoutMs);
    },
    undefined,
  );
}

function reachUdp({ host, port, timeoutMs }: Request): Promise<boolean> {
  const socket = createSocket('udp4');
  const answered = within(
    timeoutMs,
    (done) => {
      socket.once('message', () => done(true));
      socket.once('error', () => done(false));
      socket.send('ping', port, host);
    },
    false,
  );
  return answered.finally(() => socket.close());
}

async function open(request: Request): Promise<boolean> {
  const socket = connect(request.port, request.host);
  socket.on('error', () => undefined);
  held.set(`${request.host}:${request.port}`, socket);
  return within(request.timeoutMs, (done) => socket.once('data', () => done(true)), false);
}

function ping({ host, port, timeoutMs }: Request): Promise<boolean> {
  const socket = held.get(`${host}:${port}`);
  if (!socket || socket.destroyed) return Promise.resolve(false);
  return within(
    timeoutMs,
    (done) => {
      socket.once('data', () => done(true));
      socket.write('still there?\n');
    },
    false,
  );
}

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'serve':
      return serve(request);
    case 'reach':
      return request.protocol === 'UDP' ? reachUdp(request) : (await hello(request)) !== undefined;
    case 'from':
      return hello(request);
    case 'open':
      return open(request);
    case 'ping':
      return ping(request);
  }
}

process.on('message', (request: Request) => {
  void answer(request).then((result) => process.send?.({ id: request.id, result }));
});
process.on('disconnect', () => process.exit());

// Answers the kubelet on loopback: /livez while the event loop turns, /readyz while the kernel has what the cluster
// asks for.
import { createServer, type Server } from 'node:http';

export function serveHealth(port: number, ready: () => boolean): Promise<Server> {
  const server = createServer((request, response) => {
    const ok = request.url === '/livez' || (request.url === '/readyz' && ready());
    response.writeHead(ok ? 200 : 503, { 'content-type': 'text/plain' }).end(ok ? 'ok\n' : 'not ready\n');
  });
  server.requestTimeout = 2000;
  server.maxConnections = 16;
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new Error(`health: cannot listen on 127.0.0.1:${port}`, { cause })),
    );
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

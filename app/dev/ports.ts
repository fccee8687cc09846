// Loopback ports for local servers. Free ones are taken below the kernel's ephemeral range, so that no outgoing
// connection of another process can grab the port between the moment it is found free and the moment it is used.
import { createServer } from 'node:net';

const firstPort = 20_000;
const portCount = 12_000;
const maxTries = 50;

/** Nobody may listen yet on one that was given out: of six for one set of servers, two were the same now and then. */
const given = new Set<number>();

/** A TCP port nobody listens on at 127.0.0.1 right now, each once. Throws when 50 random ones were all taken. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const port = firstPort + Math.floor(Math.random() * portCount);
    if (given.has(port)) continue;
    given.add(port);
    if (!(await isBusy(port))) return port;
  }
  throw new Error(`no free loopback port found in ${maxTries} tries`);
}

/** Whether something already listens on the loopback port. */
export async function isBusy(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(true));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(false)));
  });
}

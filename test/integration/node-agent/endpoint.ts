// The test's side of endpoint-process.ts: a process in a namespace that serves and opens real connections.
import { once } from 'node:events';
import { join } from 'node:path';
import type { Request } from './endpoint-process.ts';
import { startIn } from './network.ts';

export interface Endpoint {
  serve(protocol: Request['protocol'], port: number): Promise<void>;
  /** Opens a new connection (or sends a datagram); true when the other side answered within 700 ms. */
  reaches(host: string, port: number, protocol?: Request['protocol']): Promise<boolean>;
  /** The address the server saw, or undefined. */
  seenAs(host: string, port: number): Promise<string | undefined>;
  /** Opens a TCP connection and keeps it. */
  open(host: string, port: number): Promise<boolean>;
  /** True when the kept connection still carries data there and back. */
  stillCarries(host: string, port: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Shorter than TCP's first retransmission (1 s): a dropped SYN is a "no", not a late "yes". */
const ANSWER_WITHIN_MS = 700;

export function startEndpoint(namespace: string): Endpoint {
  const child = startIn(namespace, join(import.meta.dirname, 'endpoint-process.ts'));
  const waiting = new Map<number, (result: unknown) => void>();
  let lastId = 0;
  child.on('message', ({ id, result }: { id: number; result: unknown }) => {
    waiting.get(id)?.(result);
    waiting.delete(id);
  });

  function ask(
    work: Request['do'],
    host: string,
    port: number,
    protocol: Request['protocol'] = 'TCP',
  ): Promise<unknown> {
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => reject(new Error(`${namespace}: ${work}: no answer in 5 s`)), 5000);
      waiting.set(id, (result) => {
        clearTimeout(deadline);
        resolve(result);
      });
      child.send({ id, do: work, protocol, host, port, timeoutMs: ANSWER_WITHIN_MS } satisfies Request);
    });
  }

  return {
    serve: async (protocol, port) => {
      await ask('serve', '', port, protocol);
    },
    reaches: async (host, port, protocol) => (await ask('reach', host, port, protocol)) === true,
    seenAs: async (host, port) => (await ask('from', host, port)) as string | undefined,
    open: async (host, port) => (await ask('open', host, port)) === true,
    stillCarries: async (host, port) => (await ask('ping', host, port)) === true,
    close: async () => {
      if (child.exitCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

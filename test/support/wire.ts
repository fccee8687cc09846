// What this process sends to its stores, as it goes out: every write to a socket of a given server is one trip,
// whatever the client library calls it, and a pipeline is one. For tests of what a page costs.
import { Socket } from 'node:net';

export interface Trip {
  readonly server: string;
  readonly text: string;
}

export interface Wire {
  /** Since the last call, heartbeats left out. */
  readonly taken: () => Trip[];
  readonly stop: () => void;
}

type Write = Socket['write'];

const HEARTBEAT = /^\*1\r\n\$4\r\nping\r\n$/i;

/** `servers`: names by port. */
export function watchWire(servers: ReadonlyMap<number, string>): Wire {
  const prototype = Socket.prototype as { write: Write };
  const own = Object.hasOwn(prototype, 'write');
  const { write } = prototype;
  let trips: Trip[] = [];
  prototype.write = function watched(this: Socket, ...args: Parameters<Write>) {
    const server = servers.get(this.remotePort ?? 0);
    const text = Buffer.from(args[0] as Uint8Array).toString('latin1');
    if (server !== undefined && !HEARTBEAT.test(text)) trips.push({ server, text });
    return write.apply(this, args);
  } as Write;
  return {
    taken: () => {
      const since = trips;
      trips = [];
      return since;
    },
    stop: () => {
      if (own) prototype.write = write;
      else Reflect.deleteProperty(prototype, 'write');
    },
  };
}

// Remembers where named servers are, so that finding a new master does not hang on DNS: a failover must work while no
// name can be resolved. Names are looked up again and again in the background; one that cannot be keeps its address.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

export interface Endpoint {
  /** The name until its first lookup, from then on its latest known address. */
  host: string;
  readonly port: number;
}

export interface KnownAddresses {
  /** Changed in place: whoever connects anew reads what is known now. */
  readonly endpoints: Endpoint[];
  stop(): void;
}

export interface AddressOptions {
  /** @default the system's resolver */
  readonly resolve?: (name: string) => Promise<string>;
  /** @default 10000 */
  readonly everyMs?: number;
}

const systemResolver = async (name: string): Promise<string> => (await lookup(name, { family: 4 })).address;

export function rememberAddresses(
  servers: readonly { readonly host: string; readonly port: number }[],
  { resolve = systemResolver, everyMs = 10_000 }: AddressOptions = {},
): KnownAddresses {
  const endpoints = servers.map((server) => ({ ...server }));
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;

  const refresh = async (): Promise<void> => {
    // One after the other: a lookup without DNS holds one of the process's few threads for seconds.
    for (const [index, { host }] of servers.entries()) {
      const endpoint = endpoints[index];
      if (endpoint === undefined || isIP(host) !== 0) continue;
      endpoint.host = await resolve(host).catch(() => endpoint.host);
    }
    if (stopped) return;
    timer = setTimeout(() => void refresh(), everyMs);
    timer.unref();
  };
  void refresh();

  return {
    endpoints,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

// Redis' client-side caching: the server tells this process which keys of a prefix have changed, whoever changed
// them. The feed is live only while it is subscribed and the server was heard a moment ago; when it is not live, or
// has just become so, what was cached by it cannot be trusted, and its user is told.
import type { Redis } from 'ioredis';
import { openConnection } from './redis-connection.ts';
import type { Connection, ConnectionSettings } from './redis-connection.ts';

export interface TrackingSettings {
  readonly prefix: string;
  /** These keys have changed. */
  readonly onChanged: (keys: readonly string[]) => void;
  /** Changes may have been missed: forget everything. */
  readonly onGap: () => void;
}

export interface TrackingFeed {
  readonly isLive: () => boolean;
  readonly close: () => void;
}

const CHANNEL = '__redis__:invalidate';
const HEARTBEAT_MS = 200;
/** Longer than a heartbeat and its answer take; the longest time for which a dead server is believed alive. */
const SILENCE_MS = 600;
const COMMAND_TIMEOUT_MS = 500;

function keysFrom(message: unknown): readonly string[] | undefined {
  // The server sends nil when everything is gone (FLUSHALL).
  return Array.isArray(message) ? message.map(String) : undefined;
}

async function subscribe(client: Redis, prefix: string): Promise<void> {
  // ioredis knows no push messages of this kind (RESP3), so the connection redirects them to itself as RESP2's
  // messages of a channel, which it must ask for before it subscribes and may ask nothing else.
  const id = await client.client('ID');
  await client.call('client', 'tracking', 'on', 'redirect', id, 'bcast', 'prefix', prefix);
  await client.subscribe(CHANNEL);
}

interface FeedState {
  subscribed: boolean;
  heardAtMs: number;
}

/** Makes every new connection a feed. */
function keepSubscribed(opened: Connection, settings: TrackingSettings, state: FeedState): void {
  const { client } = opened;
  client.on('close', () => {
    state.subscribed = false;
  });
  client.on('ready', () => {
    const epoch = opened.epoch();
    subscribe(client, settings.prefix).then(
      () => {
        if (opened.epoch() !== epoch) return;
        settings.onGap();
        state.subscribed = true;
        state.heardAtMs = performance.now();
      },
      // A connection that cannot be made a feed is of no use; the next one tries again.
      () => client.disconnect(true),
    );
  });
}

export function openTracking(connection: ConnectionSettings, settings: TrackingSettings): TrackingFeed {
  const kind = { name: 'tracking', commandTimeoutMs: COMMAND_TIMEOUT_MS, isSubscriber: true };
  const opened = openConnection(connection, kind);
  const { client } = opened;
  const state: FeedState = { subscribed: false, heardAtMs: -Infinity };
  keepSubscribed(opened, settings, state);
  const hear = (): void => {
    state.heardAtMs = performance.now();
  };
  client.on('messageBuffer', (_channel: Buffer, message: unknown) => {
    hear();
    const keys = keysFrom(message);
    if (keys === undefined) settings.onGap();
    else settings.onChanged(keys);
  });
  const heartbeat = setInterval(() => {
    if (state.subscribed) client.ping().then(hear, () => undefined);
  }, HEARTBEAT_MS);
  heartbeat.unref();
  return {
    isLive: () => state.subscribed && performance.now() - state.heardAtMs < SILENCE_MS,
    close: () => {
      clearInterval(heartbeat);
      opened.close();
    },
  };
}

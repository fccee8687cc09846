// The catalogue of one process, made from its stores: through the caches, or straight from Postgres where they are
// switched off.
import type { Config } from '../config/env.ts';
import type { Log } from '../platform/log.ts';
import { observeFeed } from '../platform/metrics.ts';
import { openTracking } from '../platform/redis-tracking.ts';
import { redisConnection } from '../stores.ts';
import type { Stores } from '../stores.ts';
import { createAnnouncer, SILENT } from './announcer.ts';
import type { Announcer } from './announcer.ts';
import { createCachedSource } from './cached-source.ts';
import { seeOwnWrites } from './own-writes.ts';
import { createCatalog } from './service.ts';
import type { Catalog } from './service.ts';
import { createSharedCache, keysOf, PREFIX } from './shared-cache.ts';
import { createSource } from './source.ts';

export interface OpenCatalog {
  readonly catalog: Catalog;
  readonly announcer: Announcer;
  /** Rises with every change that this process was told of; null while nobody tells, and without the cache. */
  readonly edition: () => number | null;
  /** Tells what is still to be told, then ends the feed. The stores must be open. */
  readonly close: () => Promise<void>;
}

export function openCatalog(config: Config, stores: Stores, log: Log): OpenCatalog {
  const source = createSource(stores.db);
  if (!config.SHOP_CATALOG_CACHE) {
    const edition = (): null => null;
    return { catalog: createCatalog(source), announcer: SILENT, edition, close: () => Promise.resolve() };
  }
  const shared = createSharedCache(stores.redis);
  const untold = new Set<string>();
  const cached = createCachedSource({
    source,
    shared,
    untold,
    isFed: () => feed.isLive(),
    metrics: stores.metrics,
  });
  const feed = openTracking(redisConnection(config, log), {
    prefix: PREFIX,
    onChanged: cached.changed,
    onGap: cached.forget,
  });
  observeFeed(stores.metrics, feed.isLive);
  const forget = (slugs: readonly string[]): void => cached.changed(keysOf(slugs));
  const announcer = createAnnouncer({ db: stores.db, shared, forget, untold, log });
  return {
    catalog: createCatalog(seeOwnWrites(cached, source, feed.isLive, untold)),
    announcer,
    edition: cached.edition,
    close: async () => {
      await announcer.settled();
      feed.close();
    },
  };
}

// The web process from start to end. It listens at once (probes answer), becomes ready when the schema is there,
// and on SIGTERM goes in this order: not ready → a gap in which load balancers take notice → answers close their
// connections → listeners close when the last request is answered → stores close. Nothing a shopper sent is lost.
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from './app.ts';
import { startBackground } from './background.ts';
import { openCarts } from './cart/keeping.ts';
import type { CartStore } from './cart/cart.ts';
import type { CartKeeping } from './cart/keeping.ts';
import { openCatalog } from './catalog/open.ts';
import type { OpenCatalog } from './catalog/open.ts';
import type { Config } from './config/env.ts';
import { watchLoop } from './http/admission.ts';
import type { LoopWatch } from './http/admission.ts';
import { opsHandler } from './http/ops.ts';
import { routeTable } from './http/route-table.ts';
import type { Route } from './http/route-table.ts';
import { createLifecycle } from './platform/lifecycle.ts';
import type { Lifecycle } from './platform/lifecycle.ts';
import { startListener } from './platform/listener.ts';
import type { Listener } from './platform/listener.ts';
import type { Log } from './platform/log.ts';
import type { Periodic } from './platform/periodic.ts';
import { migrationNames, waitForSchema } from './platform/schema-check.ts';
import { boughtFromOrders } from './checkout/bought.ts';
import type { PaymentProvider } from './checkout/payment.ts';
import { createStrategy } from './session/strategy.ts';
import type { Strategy } from './session/strategy.ts';
import { openStores } from './stores.ts';
import type { Stores } from './stores.ts';

/** Longer than a request or a mail may take; the pod's grace period must be longer still. */
const CLOSE_WITHIN_MS = 15_000;
/** For the last changes of carts to reach Postgres. */
const DRAIN_WITHIN_MS = 3_000;

export interface Running {
  readonly port: number;
  readonly opsPort: number;
  /** Resolves once the schema was found and the process is ready. */
  readonly ready: Promise<void>;
  /** All routes on the shop's port, but for files and pictures. */
  readonly routes: readonly Route[];
  /** Idempotent. */
  readonly stop: () => Promise<void>;
}

function openStrategy(
  config: Config,
  { db, redis, metrics }: Stores,
  redisCarts: CartStore,
): Promise<Strategy> {
  const event = (name: string): void => metrics.sessionEvents.inc({ event: name });
  const tampered = (): void => metrics.refused.inc({ reason: 'tampered-cookie' });
  return createStrategy({ config, redis, redisCarts, event, tampered, boughtFrom: boughtFromOrders(db) });
}

function appOn(
  config: Config,
  log: Log,
  parts: Pick<Parts, 'stores' | 'strategy' | 'lifecycle' | 'catalog' | 'loop'>,
  outside: Outside,
) {
  const { stores, strategy, lifecycle, catalog, loop } = parts;
  return createApp({
    ...stores,
    ...outside,
    config,
    log,
    strategy,
    catalog: catalog.catalog,
    announcer: catalog.announcer,
    edition: catalog.edition,
    isDraining: lifecycle.isDraining,
    loop,
  });
}

/** What the process is given, and does not open itself. */
export interface Outside {
  /** Where views, public and migrations are: beside main.ts, or beside the bundle. */
  readonly assetsDirectory: string;
  readonly payment: PaymentProvider;
}

interface Parts {
  readonly stores: Stores;
  readonly keeping: CartKeeping;
  readonly strategy: Strategy;
  readonly lifecycle: Lifecycle;
  readonly catalog: OpenCatalog;
  readonly loop: LoopWatch;
  readonly shop: Listener;
  readonly ops: Listener;
  readonly starting: AbortController;
  /** Set once the schema is there. */
  background?: Periodic;
}

async function shutDown(parts: Parts, gapMs: number, log: Log): Promise<void> {
  log.info('stopping: not ready any more');
  parts.starting.abort();
  parts.lifecycle.drain();
  // Beside the requests, not after them: a mail or a bank that is slow leaves less of the pod's grace to the carts.
  const atRest = parts.background?.stop(CLOSE_WITHIN_MS);
  await sleep(gapMs);
  await parts.shop.close(CLOSE_WITHIN_MS);
  await atRest;
  await parts.keeping.close(DRAIN_WITHIN_MS);
  await parts.ops.close(1_000);
  await parts.catalog.close();
  parts.strategy.close();
  await parts.stores.close();
  parts.loop.stop();
  log.info('stopped');
}

export async function serve(config: Config, log: Log, outside: Outside): Promise<Running> {
  const stores = openStores(config, log);
  const lifecycle = createLifecycle();
  const keeping = openCarts(config.SHOP_CART_WRITE_THROUGH, stores, log);
  const catalog = openCatalog(config, stores, log);
  const loop = watchLoop();
  const strategy = await openStrategy(config, stores, keeping.store);
  const app = appOn(config, log, { stores, strategy, lifecycle, catalog, loop }, outside);
  const handle = app.callback();
  const ops = await startListener(
    opsHandler(lifecycle, stores.metrics, () => stores.redis.health()),
    config.OPS_PORT,
  );
  const shop = await startListener((request, response) => void handle(request, response), config.HTTP_PORT);
  const starting = new AbortController();
  const names = await migrationNames(`${outside.assetsDirectory}/migrations`);
  const parts: Parts = { stores, keeping, strategy, lifecycle, catalog, loop, shop, ops, starting };
  const ready = waitForSchema(stores.db, names, log, starting.signal).then(() => {
    if (starting.signal.aborted) return;
    const { announcer } = catalog;
    const { payment } = outside;
    parts.background = startBackground(config, { db: stores.db, announcer, keeping, payment, log });
    lifecycle.started();
    log.info({ port: shop.port, opsPort: ops.port, uptimeMs: Math.round(performance.now()) }, 'ready');
  });
  let stopping: Promise<void> | undefined;
  return {
    port: shop.port,
    opsPort: ops.port,
    ready,
    routes: routeTable(app),
    stop: () => (stopping ??= shutDown(parts, config.SHOP_SHUTDOWN_GAP_MS, log)),
  };
}

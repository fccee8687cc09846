// How this process keeps sessions and carts: everything the rest of the shop needs to know about the chosen strategy.
import type Koa from 'koa';
import type { Middleware } from 'koa';
import type { CartLine, CartRequest, CartStore } from '../cart/cart.ts';
import { createCookieCarts } from '../cart/cookie-store.ts';
import { createDynamoCarts } from '../cart/dynamodb-store.ts';
import { sendForeseen } from '../cart/foreseen.ts';
import { createMemoryCarts } from '../cart/memory-store.ts';
import { createRedisCarts } from '../cart/redis-store.ts';
import { twoCartStores } from '../cart/two-stores.ts';
import type { Config } from '../config/env.ts';
import type { AppState } from '../http/context.ts';
import { connectDynamo } from '../platform/dynamodb.ts';
import type { AppRedis } from '../platform/redis.ts';
import { dynamoSettings } from '../stores.ts';
import { roomForLines } from './compact.ts';
import { cookieMiddleware } from './cookie-middleware.ts';
import { createDynamoSessions } from './dynamodb-store.ts';
import { koaStore } from './koa-store.ts';
import type { KoaStoreParts } from './koa-store.ts';
import { createManager, NO_MANAGER } from './manager.ts';
import type { SessionManager } from './manager.ts';
import { createMemorySessions } from './memory-store.ts';
import { sessionCookieName, sessionMiddleware } from './middleware.ts';
import type { SessionSettings } from './middleware.ts';
import { createRedisSessions } from './redis-store.ts';
import { createSealer } from './sealed.ts';
import type { SessionStore } from './store.ts';
import { twoSessionStores } from './two-stores.ts';

export interface Strategy {
  readonly session: (app: Koa<AppState>) => Middleware;
  readonly sessions: SessionManager;
  readonly cartStore: CartStore;
  /** Whether the change of a cart may be sent together with the reading of the session: both are in one store. */
  readonly foresees: boolean;
  readonly close: () => void;
}

export interface StrategyParts {
  readonly config: Config;
  readonly redis: AppRedis;
  /** Carts in Redis, with what is behind them. */
  readonly redisCarts: CartStore;
  readonly event: (name: string) => void;
  /** Told of a cookie that somebody changed. */
  readonly tampered: () => void;
  /** What was bought of a cart, as the primary knows it; undefined when no order stands. */
  readonly boughtFrom: (cartId: string, request: CartRequest) => Promise<readonly CartLine[] | undefined>;
}

interface Kept {
  readonly sessions: SessionStore;
  readonly carts: CartStore;
  readonly foresee?: KoaStoreParts['foresee'];
  readonly close: () => void;
}

function settingsOf({ config, event }: StrategyParts): SessionSettings {
  return {
    secure: config.SHOP_SECURE_COOKIES,
    idleMs: config.SHOP_SESSION_IDLE_MS,
    absoluteMs: config.SHOP_SESSION_LIFE_MS,
    event,
  };
}

function onServer(
  parts: StrategyParts,
  { sessions: store, carts: cartStore, foresee, close }: Kept,
): Strategy {
  const settings = settingsOf(parts);
  const { event } = parts;
  const kept = koaStore({ store, cartStore, event, ...(foresee && { foresee }) });
  return {
    session: (app) => sessionMiddleware(app, settings, kept),
    foresees: foresee !== undefined,
    sessions: createManager(store, sessionCookieName(settings.secure)),
    cartStore,
    close,
  };
}

function inCookie(parts: StrategyParts): Strategy {
  const { config, tampered, boughtFrom } = parts;
  const sealer = createSealer(config.sessionKeys, 'session');
  return {
    session: (app) => cookieMiddleware(app, settingsOf(parts), { sealer, tampered }),
    sessions: NO_MANAGER,
    foresees: false,
    cartStore: createCookieCarts({ roomBytes: roomForLines(config.SHOP_SESSION_COOKIE_BYTES), boughtFrom }),
    close: () => undefined,
  };
}

async function openKept(name: 'redis' | 'dynamodb', parts: StrategyParts): Promise<Kept> {
  const { config, redis, redisCarts, event } = parts;
  if (name === 'redis') {
    const foresee = sendForeseen(createRedisCarts(redis), config.SHOP_SESSION_LIFE_MS);
    return {
      sessions: createRedisSessions(redis, event),
      carts: redisCarts,
      foresee,
      close: () => undefined,
    };
  }
  const table = await connectDynamo(dynamoSettings(config));
  return {
    sessions: createDynamoSessions(table, event),
    carts: createDynamoCarts(table),
    close: table.close,
  };
}

async function inStore(name: 'redis' | 'dynamodb', parts: StrategyParts): Promise<Strategy> {
  const kept = await openKept(name, parts);
  const other = parts.config.SHOP_SESSION_OTHER_STRATEGY;
  if (other === '') return onServer(parts, kept);
  const second = await openKept(other, parts);
  return onServer(parts, {
    sessions: twoSessionStores(kept.sessions, second.sessions),
    carts: twoCartStores(kept.carts, second.carts),
    close: () => {
      kept.close();
      second.close();
    },
  });
}

export async function createStrategy(parts: StrategyParts): Promise<Strategy> {
  const strategy = parts.config.SHOP_SESSION_STRATEGY;
  switch (strategy) {
    case 'redis':
    case 'dynamodb':
      return inStore(strategy, parts);
    // The same in the pod; what `sticky` adds is at the load balancer.
    case 'memory':
    case 'sticky':
      return onServer(parts, {
        sessions: createMemorySessions(),
        carts: createMemoryCarts(),
        close: () => undefined,
      });
    case 'cookie':
      return inCookie(parts);
  }
}

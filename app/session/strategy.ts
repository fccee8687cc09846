// How this process keeps sessions and carts: everything the rest of the shop needs to know about the chosen strategy.
import type Koa from 'koa';
import type { Middleware } from 'koa';
import type { CartStore } from '../cart/cart.ts';
import type { AppState } from '../http/context.ts';
import type { AppRedis } from '../platform/redis.ts';
import { koaStore } from './koa-store.ts';
import { createManager } from './manager.ts';
import type { SessionManager } from './manager.ts';
import { sessionCookieName, sessionMiddleware } from './middleware.ts';
import { createRedisSessions } from './redis-store.ts';

export interface Strategy {
  readonly session: (app: Koa<AppState>) => Middleware;
  readonly sessions: SessionManager;
  readonly cartStore: CartStore;
}

export interface StrategyParts {
  readonly secure: boolean;
  readonly redis: AppRedis;
  readonly redisCarts: CartStore;
  readonly event: (name: string) => void;
}

export function createStrategy({ secure, redis, redisCarts, event }: StrategyParts): Strategy {
  const store = createRedisSessions(redis, event);
  return {
    session: (app) => sessionMiddleware(app, { secure, store: koaStore(store, event), event }),
    sessions: createManager(store, sessionCookieName(secure)),
    cartStore: redisCarts,
  };
}

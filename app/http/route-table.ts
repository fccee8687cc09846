// Every route of the app, as its routers know them: for tests that must hold for all routes, also for those that are
// added later.
import type Router from '@koa/router';
import type Koa from 'koa';
import type { AppState } from './context.ts';

export interface Route {
  readonly method: string;
  /** The pattern, e.g. /orders/:id. */
  readonly path: string;
}

export function routeTable(app: Koa<AppState>): readonly Route[] {
  const routers = app.middleware.flatMap((one) => (one as { router?: Router<AppState> }).router ?? []);
  return routers
    .flatMap((router) => router.stack)
    .flatMap(({ methods, path }) =>
      methods.filter((method) => method !== 'HEAD').map((method) => ({ method, path: String(path) })),
    );
}

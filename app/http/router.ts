// The one way to make a router. Paths are told apart by upper and lower case, as everything else here does that looks
// at a path: `/Staff/orders` was the route of `/staff/orders` and went past the guard in front of it.
import Router from '@koa/router';
import type { AppState } from './context.ts';

/** @param prefix what all its paths begin with, e.g. `/api/v1/cart` */
export function createRouter(prefix = ''): Router<AppState> {
  return new Router<AppState>({ sensitive: true, prefix });
}

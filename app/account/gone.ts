// A session that outlives its account: in a cookie that no server can end, or in a store that was away when the account
// was deleted. Whoever finds that out ends it, so that the visitor is asked to log in, and not sent around in circles.
import type { AppContext } from '../http/context.ts';
import { unauthenticated } from '../http/errors.ts';
import type { ShopError } from '../http/errors.ts';
import { logOut } from '../session/session.ts';

/** To be thrown. */
export function accountGone(ctx: AppContext): ShopError {
  logOut(ctx);
  return unauthenticated();
}

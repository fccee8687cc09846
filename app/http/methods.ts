// A path that exists, asked with a method it does not have: 405 with Allow, as a page or a problem like any other.
import type { AppContext, Next } from './context.ts';
import { methodNotAllowed } from './errors.ts';
import { createRouter } from './router.ts';

/** Goes after all routers; it learns from the context which of them knew the path. */
export function refuseOtherMethods() {
  const setAllow = createRouter().allowedMethods();
  return async function otherMethods(ctx: AppContext, next: Next): Promise<void> {
    await setAllow(ctx as Parameters<typeof setAllow>[0], next as () => Promise<void>);
    if (ctx.status === 405 || ctx.status === 501) throw methodNotAllowed();
  };
}

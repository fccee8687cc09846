// Accounts and sessions for programs; the session is the same cookie a browser gets.
import type Router from '@koa/router';
import type { AppState } from '../http/context.ts';
import { wrongCredentials } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import type { Limits } from '../http/limits.ts';
import { bodyOf } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import { logOut } from '../session/session.ts';
import { credentials, registration } from './schema.ts';
import type { Accounts, LoggedIn } from './service.ts';

export function accountJson({ account: { id, email, name } }: Pick<LoggedIn, 'account'>) {
  return { id, email, name };
}

export function accountApi(accounts: Accounts, limits: Limits): Router<AppState> {
  const router = createRouter('/api/v1');
  router.post('/accounts', async (ctx) => {
    const form = demand(registration, bodyOf(ctx));
    await limits.register(ctx);
    ctx.body = accountJson(await accounts.register(ctx, form));
    ctx.status = 201;
  });
  router.post('/session', async (ctx) => {
    const form = demand(credentials, bodyOf(ctx));
    await limits.login(ctx, form.email);
    const loggedIn = await accounts.logIn(ctx, form);
    if (loggedIn === undefined) throw wrongCredentials();
    ctx.body = accountJson(loggedIn);
  });
  router.delete('/session', (ctx) => {
    logOut(ctx);
    ctx.status = 204;
  });
  return router;
}

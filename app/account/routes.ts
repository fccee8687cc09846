// Pages to register, log in and log out.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import { isShopError } from '../http/errors.ts';
import type { Problems } from '../http/errors.ts';
import { formModel } from '../http/forms.ts';
import { check, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, localPath, seeOther } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import type { Limits } from '../http/limits.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import { logOut, userOf } from '../session/session.ts';
import { credentials, registration } from './schema.ts';
import type { Accounts, LoggedIn } from './service.ts';

export interface AccountRouteDeps extends Pages {
  readonly accounts: Accounts;
  readonly limits: Limits;
}

function showLogin(ctx: AppContext, deps: AccountRouteDeps, returnTo: string, problems: Problems = {}): void {
  const values = { ...typed(bodyOf(ctx), ['email']), password: '' };
  const model = { form: formModel(ctx, '/login', values, problems), returnTo };
  const status = Object.keys(problems).length > 0 ? 422 : 200;
  deps.page(ctx, 'login', model, { title: sayTo(ctx, 'title.login'), status });
}

function showRegister(
  ctx: AppContext,
  deps: AccountRouteDeps,
  returnTo: string,
  problems: Problems = {},
): void {
  const values = { ...typed(bodyOf(ctx), ['name', 'email']), password: '' };
  const model = { form: formModel(ctx, '/register', values, problems), returnTo };
  const status = Object.keys(problems).length > 0 ? 422 : 200;
  deps.page(ctx, 'register', model, { title: sayTo(ctx, 'title.register'), status });
}

function welcome(ctx: AppContext, { account, merge }: LoggedIn, returnTo: string): void {
  const greeting = sayTo(ctx, 'account.welcome', { name: account.name });
  const more = {
    nothing: '',
    merged: ` ${sayTo(ctx, 'cart.merged')}`,
    later: ` ${sayTo(ctx, 'cart.mergeLater')}`,
  };
  setFlash(ctx, 'success', greeting + more[merge]);
  seeOther(ctx, returnTo);
}

/** The problems of an attempt that failed for what was typed; anything else is thrown on. */
function problemsOf(error: unknown): Problems {
  if (isShopError(error) && error.problems !== undefined) return error.problems;
  throw error;
}

async function submitLogin(ctx: AppContext, deps: AccountRouteDeps): Promise<void> {
  const returnTo = localPath(typed(bodyOf(ctx), ['returnTo']).returnTo, '/');
  const form = check(credentials, bodyOf(ctx));
  if (!form.ok) {
    showLogin(ctx, deps, returnTo, form.problems);
    return;
  }
  await deps.limits.login(ctx, form.value.email);
  const loggedIn = await deps.accounts.logIn(ctx, form.value);
  if (loggedIn === undefined) showLogin(ctx, deps, returnTo, { '': ['problem.credentials'] });
  else welcome(ctx, loggedIn, returnTo);
}

async function submitRegistration(ctx: AppContext, deps: AccountRouteDeps): Promise<void> {
  const returnTo = localPath(typed(bodyOf(ctx), ['returnTo']).returnTo, '/');
  const form = check(registration, bodyOf(ctx));
  if (!form.ok) {
    showRegister(ctx, deps, returnTo, form.problems);
    return;
  }
  await deps.limits.register(ctx);
  try {
    welcome(ctx, await deps.accounts.register(ctx, form.value), returnTo);
  } catch (error) {
    showRegister(ctx, deps, returnTo, problemsOf(error));
  }
}

export function accountRoutes(deps: AccountRouteDeps): Router<AppState> {
  const router = createRouter();
  const returnTo = (ctx: AppContext): string => localPath(ctx.query.returnTo, '/');
  const unlessLoggedIn =
    (show: (ctx: AppContext) => void) =>
    (ctx: AppContext): void => {
      if (userOf(ctx) === null) show(ctx);
      else seeOther(ctx, returnTo(ctx));
    };
  router.get(
    'login',
    '/login',
    unlessLoggedIn((ctx) => showLogin(ctx, deps, returnTo(ctx))),
  );
  router.get(
    'register',
    '/register',
    unlessLoggedIn((ctx) => showRegister(ctx, deps, returnTo(ctx))),
  );
  router.post('/login', (ctx) => submitLogin(ctx, deps));
  router.post('/register', (ctx) => submitRegistration(ctx, deps));
  router.post('/logout', (ctx) => {
    logOut(ctx);
    setFlash(ctx, 'info', sayTo(ctx, 'account.loggedOut'));
    seeOther(ctx, '/');
  });
  return router;
}

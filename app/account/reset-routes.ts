// A forgotten password: ask for a link, use it once. The page says the same whether or not there is an account.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import type { Problems } from '../http/errors.ts';
import { formModel } from '../http/forms.ts';
import { check, typed } from '../http/input.ts';
import type { Limits } from '../http/limits.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, seeOther } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import type { SessionManager } from '../session/manager.ts';
import { endSessions } from './end-sessions.ts';
import type { Profiles } from './profile.ts';
import { forgottenForm, resetForm } from './schema.ts';

export interface ResetRouteDeps extends Pages {
  readonly profiles: Profiles;
  readonly sessions: SessionManager;
  readonly limits: Limits;
}

const status = (problems: Problems): number => (Object.keys(problems).length > 0 ? 422 : 200);

function showForgotten(ctx: AppContext, deps: ResetRouteDeps, sent: boolean, problems: Problems = {}): void {
  const form = formModel(ctx, '/password/forgot', typed(bodyOf(ctx), ['email']), problems);
  const options = { title: sayTo(ctx, 'title.forgot'), status: status(problems) };
  deps.page(ctx, 'password-forgot', { form, sent }, options);
}

async function askForLink(ctx: AppContext, deps: ResetRouteDeps): Promise<void> {
  const form = check(forgottenForm, bodyOf(ctx));
  if (!form.ok) {
    showForgotten(ctx, deps, false, form.problems);
    return;
  }
  await deps.limits.reset(ctx, form.value.email);
  await deps.profiles.askForReset(ctx, form.value.email);
  showForgotten(ctx, deps, true);
}

function showReset(
  ctx: AppContext,
  deps: ResetRouteDeps,
  token: string,
  valid: boolean,
  problems: Problems = {},
): void {
  const form = formModel(ctx, '/password/reset', { newPassword: '' }, problems);
  const options = { title: sayTo(ctx, 'title.reset'), status: valid ? status(problems) : 422 };
  deps.page(ctx, 'password-reset', { form, token, valid, revocable: deps.sessions.revocable }, options);
}

async function reset(ctx: AppContext, deps: ResetRouteDeps): Promise<void> {
  const { token } = typed(bodyOf(ctx), ['token']);
  const form = check(resetForm, bodyOf(ctx));
  if (!form.ok) {
    showReset(ctx, deps, token, true, form.problems);
    return;
  }
  const accountId = await deps.profiles.reset(ctx, token, form.value.newPassword);
  if (accountId === undefined) {
    showReset(ctx, deps, '', false);
    return;
  }
  const said = await endSessions(ctx, deps.sessions, { accountId, keep: 'none' });
  setFlash(ctx, 'success', sayTo(ctx, said));
  seeOther(ctx, '/login');
}

export function resetRoutes(deps: ResetRouteDeps): Router<AppState> {
  const router = createRouter();
  router.get('forgot', '/password/forgot', (ctx) => showForgotten(ctx, deps, false));
  router.post('/password/forgot', (ctx) => askForLink(ctx, deps));
  router.get('reset', '/password/reset', (ctx) => {
    const token = typeof ctx.query.token === 'string' ? ctx.query.token.slice(0, 100) : '';
    showReset(ctx, deps, token, token !== '');
  });
  router.post('/password/reset', (ctx) => reset(ctx, deps));
  return router;
}

// The pages of one's own account: profile, password, export, deletion, sessions.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import { isShopError } from '../http/errors.ts';
import type { Problems } from '../http/errors.ts';
import { dateTime } from '../http/format.ts';
import { formModel } from '../http/forms.ts';
import { check, typed } from '../http/input.ts';
import { setFlash } from '../http/middleware/preferences.ts';
import { bodyOf, param, seeOther } from '../http/pages.ts';
import type { Pages } from '../http/pages.ts';
import { sayTo } from '../http/render.ts';
import { createRouter } from '../http/router.ts';
import type { SessionManager } from '../session/manager.ts';
import { logOut, requireUser } from '../session/session.ts';
import { endSessions } from './end-sessions.ts';
import type { Profiles } from './profile.ts';
import { passwordChange, profileForm, removalForm } from './schema.ts';

export interface OwnRouteDeps extends Pages {
  readonly profiles: Profiles;
  readonly sessions: SessionManager;
}

interface Shown {
  readonly profile?: Problems;
  readonly removal?: Problems;
}

const statusFor = (problems: Problems | undefined): number => (problems === undefined ? 200 : 422);

async function showAccount(ctx: AppContext, deps: OwnRouteDeps, problems: Shown = {}): Promise<void> {
  const account = await deps.profiles.mine(ctx);
  const values = problems.profile === undefined ? account : typed(bodyOf(ctx), ['name', 'email']);
  const model = {
    name: account.name,
    email: account.email,
    memberSince: dateTime(account.createdAt, ctx.state.language),
    profile: formModel(
      ctx,
      '/account',
      { name: values.name, email: values.email, currentPassword: '' },
      problems.profile,
    ),
    removal: formModel(ctx, '/account/delete', { password: '' }, problems.removal),
    links: {
      orders: '/orders',
      addresses: '/account/addresses',
      password: '/account/password',
      sessions: '/account/sessions',
      export: '/account/export',
    },
  };
  const status = statusFor(problems.profile ?? problems.removal);
  deps.page(ctx, 'account', model, { title: sayTo(ctx, 'title.account'), status });
}

/** Runs `work`; resolves with the problems of what was typed, undefined when it worked. */
async function problemsOf(work: () => Promise<void>): Promise<Problems | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (isShopError(error) && error.problems !== undefined) return error.problems;
    throw error;
  }
}

async function update(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  requireUser(ctx);
  const form = check(profileForm, bodyOf(ctx));
  const problems = form.ok ? await problemsOf(() => deps.profiles.update(ctx, form.value)) : form.problems;
  if (problems !== undefined) return showAccount(ctx, deps, { profile: problems });
  setFlash(ctx, 'success', sayTo(ctx, 'account.saved'));
  seeOther(ctx, '/account');
}

function showPassword(ctx: AppContext, deps: OwnRouteDeps, problems?: Problems): void {
  requireUser(ctx);
  const model = {
    form: formModel(ctx, '/account/password', { currentPassword: '', newPassword: '' }, problems),
    revocable: deps.sessions.revocable,
  };
  deps.page(ctx, 'password', model, { title: sayTo(ctx, 'title.password'), status: statusFor(problems) });
}

async function changePassword(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  const { id } = requireUser(ctx);
  const form = check(passwordChange, bodyOf(ctx));
  const problems = form.ok
    ? await problemsOf(() => deps.profiles.changePassword(ctx, form.value))
    : form.problems;
  if (problems !== undefined) {
    showPassword(ctx, deps, problems);
    return;
  }
  const said = await endSessions(ctx, deps.sessions, { accountId: id, keep: 'current' });
  setFlash(ctx, 'success', sayTo(ctx, said));
  seeOther(ctx, '/account');
}

async function remove(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  requireUser(ctx);
  const form = check(removalForm, bodyOf(ctx));
  const problems = form.ok
    ? await problemsOf(() => deps.profiles.remove(ctx, form.value.password))
    : form.problems;
  if (problems !== undefined) return showAccount(ctx, deps, { removal: problems });
  logOut(ctx);
  setFlash(ctx, 'info', sayTo(ctx, 'account.deleted'));
  seeOther(ctx, '/');
}

async function download(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  const everything = await deps.profiles.export(ctx);
  ctx.attachment('my-data.json');
  ctx.type = 'application/json';
  ctx.set('Cache-Control', 'no-store');
  ctx.body = JSON.stringify(everything, null, 2);
}

async function showSessions(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  const { id } = requireUser(ctx);
  const sessions = await deps.sessions.list(ctx, id);
  const model = {
    sessions: sessions.map(({ key, startedAt, current }) => ({
      device: sayTo(ctx, current ? 'session.this' : 'session.other'),
      startedAt: dateTime(startedAt, ctx.state.language),
      lastSeenAt: '',
      current,
      revokeAction: `/account/sessions/${key}/revoke`,
    })),
    revokeAllAction: '/account/sessions/revoke-all',
    revocable: deps.sessions.revocable,
  };
  deps.page(ctx, 'sessions', model, { title: sayTo(ctx, 'title.sessions') });
}

async function revoke(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  await deps.sessions.end(ctx, requireUser(ctx).id, param(ctx, 'key'));
  setFlash(ctx, 'success', sayTo(ctx, 'account.sessionEnded'));
  seeOther(ctx, '/account/sessions');
}

async function revokeAll(ctx: AppContext, deps: OwnRouteDeps): Promise<void> {
  await deps.sessions.endAll(ctx, requireUser(ctx).id, 'current');
  logOut(ctx);
  const done = deps.sessions.revocable ? 'account.loggedOutEverywhere' : 'account.loggedOut';
  setFlash(ctx, 'info', sayTo(ctx, done));
  seeOther(ctx, '/');
}

export function ownRoutes(deps: OwnRouteDeps): Router<AppState> {
  const router = createRouter();
  router.get('account', '/account', (ctx) => showAccount(ctx, deps));
  router.post('/account', (ctx) => update(ctx, deps));
  router.get('/account/password', (ctx) => showPassword(ctx, deps));
  router.post('/account/password', (ctx) => changePassword(ctx, deps));
  router.get('/account/export', (ctx) => download(ctx, deps));
  router.post('/account/delete', (ctx) => remove(ctx, deps));
  router.get('/account/sessions', (ctx) => showSessions(ctx, deps));
  router.post('/account/sessions/revoke-all', (ctx) => revokeAll(ctx, deps));
  router.post('/account/sessions/:key/revoke', (ctx) => revoke(ctx, deps));
  return router;
}

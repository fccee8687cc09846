// One's own account for programs: look, change, export, delete, sessions, addresses.
import type Router from '@koa/router';
import type { AppContext, AppState } from '../http/context.ts';
import { conflict, notFound } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { bodyOf, param } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import type { SessionManager } from '../session/manager.ts';
import { logOut, requireUser } from '../session/session.ts';
import type { AddressBook } from './address-book.ts';
import { accountJson } from './api.ts';
import { demandEnd } from './end-sessions.ts';
import type { Profiles } from './profile.ts';
import { address, passwordChange, profileForm, removalForm } from './schema.ts';

export interface OwnApiDeps {
  readonly addresses: AddressBook;
  readonly profiles: Profiles;
  readonly sessions: SessionManager;
}

async function update(ctx: AppContext, { profiles }: OwnApiDeps): Promise<void> {
  requireUser(ctx);
  await profiles.update(ctx, demand(profileForm, bodyOf(ctx)));
  ctx.body = accountJson({ account: await profiles.mine(ctx) });
}

/** Other devices have to know the new one. */
async function changePassword(ctx: AppContext, { profiles, sessions }: OwnApiDeps): Promise<void> {
  const { id } = requireUser(ctx);
  await profiles.changePassword(ctx, demand(passwordChange, bodyOf(ctx)));
  await demandEnd(ctx, sessions, { accountId: id, keep: 'current' });
  ctx.status = 204;
}

async function listSessions(ctx: AppContext, { sessions }: OwnApiDeps): Promise<void> {
  ctx.body = { items: await sessions.list(ctx, requireUser(ctx).id) };
}

async function endSession(ctx: AppContext, { sessions }: OwnApiDeps): Promise<void> {
  const ended = await sessions.end(ctx, requireUser(ctx).id, param(ctx, 'key'));
  if (!ended) throw notFound();
  ctx.status = 204;
}

async function endAll(ctx: AppContext, { sessions }: OwnApiDeps, userId: string): Promise<void> {
  await sessions.endAll(ctx, userId, 'current');
  logOut(ctx);
  ctx.status = 204;
}

async function addAddress(ctx: AppContext, { addresses }: OwnApiDeps): Promise<void> {
  requireUser(ctx);
  const added = await addresses.add(ctx, demand(address, bodyOf(ctx)));
  if (added === undefined) throw conflict('address-book-full', 'address.full');
  ctx.status = 201;
  ctx.body = added;
}

/** Of the address the path names. */
async function changeAddress(ctx: AppContext, work: AddressBook['prefer']): Promise<void> {
  if (!(await work(ctx, param(ctx, 'id')))) throw notFound();
  ctx.status = 204;
}

export function ownApi(deps: OwnApiDeps): Router<AppState> {
  const router = createRouter('/api/v1/account');
  router.get('/', async (ctx) => {
    ctx.body = accountJson({ account: await deps.profiles.mine(ctx) });
  });
  router.put('/', (ctx) => update(ctx, deps));
  router.put('/password', (ctx) => changePassword(ctx, deps));
  router.get('/export', async (ctx) => {
    ctx.body = await deps.profiles.export(ctx);
  });
  router.delete('/', async (ctx) => {
    requireUser(ctx);
    await deps.profiles.remove(ctx, demand(removalForm, bodyOf(ctx)).password);
    logOut(ctx);
    ctx.status = 204;
  });
  router.get('/sessions', (ctx) => listSessions(ctx, deps));
  router.delete('/sessions/:key', (ctx) => endSession(ctx, deps));
  router.delete('/sessions', (ctx) => endAll(ctx, deps, requireUser(ctx).id));
  router.get('/addresses', async (ctx) => {
    ctx.body = { items: await deps.addresses.list(ctx) };
  });
  router.post('/addresses', (ctx) => addAddress(ctx, deps));
  router.put('/addresses/:id/preferred', (ctx) => changeAddress(ctx, deps.addresses.prefer));
  router.delete('/addresses/:id', (ctx) => changeAddress(ctx, deps.addresses.remove));
  return router;
}

// One's own account for programs: look, export, delete, log out everywhere, addresses.
import { randomUUID } from 'node:crypto';
import Router from '@koa/router';
import { readOptions } from '../catalog/service.ts';
import type { AppContext, AppState } from '../http/context.ts';
import { conflict, notFound } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { bodyOf, param } from '../http/pages.ts';
import type { Database } from '../platform/pg.ts';
import { isUuid } from '../platform/uuid.ts';
import type { SessionManager } from '../session/manager.ts';
import { logOut, requireUser } from '../session/session.ts';
import { insertAddress, listAddresses, removeAddress } from './addresses.ts';
import { accountJson } from './api.ts';
import { accountGone } from './gone.ts';
import type { Profiles } from './profile.ts';
import { address, removalForm } from './schema.ts';

export interface OwnApiDeps {
  readonly db: Database;
  readonly profiles: Profiles;
  readonly sessions: SessionManager;
}

async function endAll(ctx: AppContext, { sessions }: OwnApiDeps, userId: string): Promise<void> {
  await sessions.endAll(ctx, userId, 'current');
  logOut(ctx);
  ctx.status = 204;
}

async function addAddress(ctx: AppContext, { db }: OwnApiDeps): Promise<void> {
  const user = requireUser(ctx);
  const saved = { id: randomUUID(), ...demand(address, bodyOf(ctx)) };
  const { value: added, lsn } = await db.transaction(
    (q) => insertAddress(q, user.id, saved),
    ctx.state.deadline,
  );
  if (added === 'no-account') throw accountGone(ctx);
  if (added === 'full') throw conflict('address-book-full', 'address.full');
  rememberWrite(ctx, lsn);
  ctx.status = 201;
  ctx.body = saved;
}

async function dropAddress(ctx: AppContext, { db }: OwnApiDeps): Promise<void> {
  const user = requireUser(ctx);
  const id = param(ctx, 'id');
  if (!isUuid(id)) throw notFound();
  const { value: removed, lsn } = await db.transaction(
    (q) => removeAddress(q, user.id, id),
    ctx.state.deadline,
  );
  if (removed === 0) throw notFound();
  rememberWrite(ctx, lsn);
  ctx.status = 204;
}

export function ownApi(deps: OwnApiDeps): Router<AppState> {
  const router = new Router<AppState>({ prefix: '/api/v1/account' });
  router.get('/', async (ctx) => {
    ctx.body = accountJson({ account: await deps.profiles.mine(ctx) });
  });
  router.get('/export', async (ctx) => {
    ctx.body = await deps.profiles.export(ctx);
  });
  router.delete('/', async (ctx) => {
    const { id } = requireUser(ctx);
    await deps.profiles.remove(ctx, demand(removalForm, bodyOf(ctx)).password);
    await endAll(ctx, deps, id);
  });
  router.delete('/sessions', (ctx) => endAll(ctx, deps, requireUser(ctx).id));
  router.get('/addresses', async (ctx) => {
    const { id } = requireUser(ctx);
    ctx.body = { items: await deps.db.read((q) => listAddresses(q, id), readOptions(ctx)) };
  });
  router.post('/addresses', (ctx) => addAddress(ctx, deps));
  router.delete('/addresses/:id', (ctx) => dropAddress(ctx, deps));
  return router;
}

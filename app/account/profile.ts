// What customers may do with their own account: change it, take everything with them, leave. Each change is one
// transaction that can be repeated.
import { hash, randomBytes } from 'node:crypto';
import type { CartStore } from '../cart/cart.ts';
import type { AppContext } from '../http/context.ts';
import { invalid } from '../http/errors.ts';
import type { Limits } from '../http/limits.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database, Querier } from '../platform/pg.ts';
import { isUniqueViolation } from '../platform/pg-errors.ts';
import type { SessionManager } from '../session/manager.ts';
import { rename, requireUser, userCartHolder } from '../session/session.ts';
import { listAddresses } from './addresses.ts';
import { accountGone } from './gone.ts';
import { hashPassword, verifyPassword } from './password.ts';
import {
  changeEmail,
  changeName,
  changePasswordHash,
  deleteAccount,
  exportOrders,
  findById,
  findReset,
  insertReset,
  takeReset,
} from './repository.ts';
import type { AccountWithHash } from './repository.ts';
import type { ProfileForm } from './schema.ts';

/** How long the link in the mail works. */
const RESET_MINUTES = 30;

export interface Profiles {
  readonly mine: (ctx: AppContext) => Promise<AccountWithHash>;
  /** Throws 422 when the e-mail address is another one and the password is not right, or it is another account's. */
  readonly update: (ctx: AppContext, form: ProfileForm) => Promise<void>;
  /** Throws 422 when the current password is wrong. */
  readonly changePassword: (
    ctx: AppContext,
    form: { currentPassword: string; newPassword: string },
  ) => Promise<void>;
  /** Puts a mail into the outbox when there is such an account; nobody can tell from outside. */
  readonly askForReset: (ctx: AppContext, email: string) => Promise<void>;
  /** Resolves with the account's id, or undefined for a link that is unknown, used or too old. */
  readonly reset: (ctx: AppContext, token: string, newPassword: string) => Promise<string | undefined>;
  /** Everything that is kept about the account, the cart and the devices included. */
  readonly export: (ctx: AppContext) => Promise<unknown>;
  /** Other devices are logged out first. Throws 422 when the password is wrong, 503 when nothing was done. */
  readonly remove: (ctx: AppContext, password: string) => Promise<void>;
}

function tokenHash(token: string): string {
  return hash('sha256', token, 'base64url');
}

async function mine(ctx: AppContext, db: Database): Promise<AccountWithHash> {
  const { id } = requireUser(ctx);
  const options = onPrimary(ctx.state.deadline);
  const account = await db.read((q) => findById(q, id), options);
  if (account === undefined) throw accountGone(ctx);
  return account;
}

async function write<T>(ctx: AppContext, db: Database, work: (q: Querier) => Promise<T>): Promise<T> {
  const { value, lsn } = await db.transaction(work, ctx.state.deadline);
  rememberWrite(ctx, lsn);
  return value;
}

const wrongPassword = (field: string) => invalid({ [field]: ['problem.currentPassword'] });

/** The account of this session, when the password is right. A stolen session must not serve to guess it. */
async function demandPassword(
  ctx: AppContext,
  { db, limits }: ProfileDeps,
  typed: string,
  field: string,
): Promise<AccountWithHash> {
  await limits.ownPassword(requireUser(ctx).id);
  const account = await mine(ctx, db);
  const right = await verifyPassword(typed, account.passwordHash, ctx.state.deadline);
  if (!right) throw wrongPassword(field);
  return account;
}

async function changePassword(
  ctx: AppContext,
  deps: ProfileDeps,
  form: { currentPassword: string; newPassword: string },
): Promise<void> {
  const { id, passwordHash } = await demandPassword(ctx, deps, form.currentPassword, 'currentPassword');
  const hashes = { verified: passwordHash, next: await hashPassword(form.newPassword, ctx.state.deadline) };
  const changed = await write(ctx, deps.db, (q) => changePasswordHash(q, id, hashes));
  if (changed === 0) throw wrongPassword('currentPassword');
}

/**
 * Whoever has the mail address can set another password by a link: so a session that was stolen or left open must not be
 * enough to change it.
 */
async function updateWithEmail(ctx: AppContext, deps: ProfileDeps, form: ProfileForm): Promise<void> {
  const { currentPassword = '', ...profile } = form;
  if (currentPassword === '') throw invalid({ currentPassword: ['problem.passwordForEmail'] });
  const { id, passwordHash } = await demandPassword(ctx, deps, currentPassword, 'currentPassword');
  try {
    const change = { ...profile, verified: passwordHash };
    const changed = await write(ctx, deps.db, (q) => changeEmail(q, id, change));
    if (changed === 0) throw wrongPassword('currentPassword');
  } catch (error) {
    if (!isUniqueViolation(error, 'account_email_unique')) throw error;
    await deps.limits.taken(ctx);
    throw invalid({ email: ['problem.emailTaken'] });
  }
}

/** Not the address as well: it may be another one by now, for which somebody did give the password. */
async function updateName(ctx: AppContext, { db }: ProfileDeps, id: string, name: string): Promise<void> {
  const changed = await write(ctx, db, (q) => changeName(q, id, name));
  if (changed === 0) throw accountGone(ctx);
}

async function update(ctx: AppContext, deps: ProfileDeps, form: ProfileForm): Promise<void> {
  const { id, email } = await mine(ctx, deps.db);
  await deps.limits.register(ctx);
  if (form.email === email) await updateName(ctx, deps, id, form.name);
  else await updateWithEmail(ctx, deps, form);
  rename(ctx, form.name);
}

async function askForReset(ctx: AppContext, db: Database, email: string): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  await write(ctx, db, (q) =>
    insertReset(q, { email, token, hash: tokenHash(token), minutes: RESET_MINUTES }),
  );
}

/** Looks at the link first: hashing for whoever sends any token would be work anybody can order. */
async function reset(ctx: AppContext, { db, limits }: ProfileDeps, token: string, newPassword: string) {
  await limits.useReset(ctx);
  const hash = tokenHash(token);
  const options = onPrimary(ctx.state.deadline);
  const accountId = await db.read((q) => findReset(q, hash), options);
  if (accountId === undefined) return undefined;
  const passwordHash = await hashPassword(newPassword, ctx.state.deadline);
  const taken = await write(ctx, db, (q) => takeReset(q, { accountId, tokenHash: hash, passwordHash }));
  return taken ? accountId : undefined;
}

async function exportAll(ctx: AppContext, { db, cartStore, sessions }: ProfileDeps): Promise<unknown> {
  const { id, email, name, createdAt } = await mine(ctx, db);
  const options = { deadline: ctx.state.deadline, afterLsn: ctx.state.afterLsn };
  const [addresses, orders] = await db.read(
    async (q) => [await listAddresses(q, id), await exportOrders(q, id)] as const,
    options,
  );
  const { lines } = await cartStore.read(userCartHolder(id), ctx.state);
  const known = await sessions.list(ctx, id);
  return {
    account: { id, email, name, createdAt },
    addresses,
    orders,
    cart: lines.map(({ sku, quantity }) => ({ sku, quantity })),
    // Without their keys, which are for ending them.
    sessions: known.map(({ startedAt, current }) => ({ startedAt, current })),
  };
}

/** A cart whose store is away just now names nobody, and ends with its thirty days. */
async function forgetCart(ctx: AppContext, cartStore: CartStore, userId: string): Promise<void> {
  try {
    await cartStore.remove(userCartHolder(userId), ctx.state);
  } catch (error) {
    ctx.state.log.warn({ err: error }, 'account: the cart could not be removed');
  }
}

export interface ProfileDeps {
  readonly db: Database;
  readonly cartStore: CartStore;
  readonly limits: Limits;
  readonly sessions: SessionManager;
}

export function createProfiles(deps: ProfileDeps): Profiles {
  const { db, cartStore } = deps;
  return {
    mine: (ctx) => mine(ctx, db),
    update: (ctx, form) => update(ctx, deps, form),
    changePassword: (ctx, form) => changePassword(ctx, deps, form),
    askForReset: (ctx, email) => askForReset(ctx, db, email),
    reset: (ctx, token, newPassword) => reset(ctx, deps, token, newPassword),
    export: (ctx) => exportAll(ctx, deps),
    remove: async (ctx, password) => {
      const { id } = await demandPassword(ctx, deps, password, 'password');
      // Before it: without an account nobody could ask for it again, and other devices would stay logged in.
      await deps.sessions.endAll(ctx, id, 'current');
      await write(ctx, db, (q) => deleteAccount(q, id));
      await forgetCart(ctx, cartStore, id);
    },
  };
}

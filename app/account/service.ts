// Registering and logging in. A login never fails because a cart could not be merged: the merge is remembered in
// the session and tried again with the next look into the cart.
import { randomUUID } from 'node:crypto';
import { countPieces } from '../cart/cart.ts';
import type { MergeCarts } from '../cart/merge.ts';
import type { AppContext } from '../http/context.ts';
import { invalid } from '../http/errors.ts';
import type { Limits } from '../http/limits.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { beginSession, takeBackLogin, userCartHolder } from '../session/session.ts';
import type { Account } from './account.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';
import { findByEmail, findById, insertAccount, replacePasswordHash } from './repository.ts';
import type { AccountWithHash } from './repository.ts';

export interface AccountDeps {
  readonly db: Database;
  readonly mergeCarts: MergeCarts;
  readonly limits: Limits;
}

export type MergeOutcome = 'nothing' | 'merged' | 'later';

export interface LoggedIn {
  readonly account: Pick<Account, 'id' | 'email' | 'name' | 'role'>;
  readonly merge: MergeOutcome;
}

export interface Accounts {
  /** Throws 422 when the address is taken. */
  readonly register: (
    ctx: AppContext,
    form: { name: string; email: string; password: string },
  ) => Promise<LoggedIn>;
  /** Undefined when address or password is wrong: nobody learns which. */
  readonly logIn: (
    ctx: AppContext,
    form: { email: string; password: string },
  ) => Promise<LoggedIn | undefined>;
}

async function takeAlong(ctx: AppContext, deps: AccountDeps, guest: string | null, userId: string) {
  if (guest === null) return 'nothing';
  try {
    const { outcome, cart } = await deps.mergeCarts(ctx, guest, userCartHolder(userId));
    ctx.state.cartCount = countPieces(cart);
    return outcome === 'changed' ? 'merged' : 'nothing';
  } catch (error) {
    ctx.state.log.warn({ err: error }, 'cart: merge at login put off');
    return 'later';
  }
}

type Who = LoggedIn['account'];

async function enter(
  ctx: AppContext,
  deps: AccountDeps,
  { id, email, name, role }: Who,
  guest: string | null,
): Promise<LoggedIn> {
  return { account: { id, email, name, role }, merge: await takeAlong(ctx, deps, guest, id) };
}

/** Resolves with the account as it is then; undefined when another password was set since it was verified. */
async function rehash(
  ctx: AppContext,
  { db }: AccountDeps,
  account: AccountWithHash,
  password: string,
): Promise<AccountWithHash | undefined> {
  if (!needsRehash(account.passwordHash)) return account;
  const { deadline } = ctx.state;
  const hashes = { verified: account.passwordHash, next: await hashPassword(password, deadline) };
  const { value } = await db.transaction((q) => replacePasswordHash(q, account.id, hashes), deadline);
  return value === 0 ? undefined : { ...account, passwordHash: hashes.next };
}

/**
 * Undefined when address or password is wrong. Where the hash is another one by the time it would be made anew, it is
 * looked at once more: it may be another login with the same password that made it.
 */
async function verified(
  ctx: AppContext,
  deps: AccountDeps,
  { email, password }: { email: string; password: string },
): Promise<AccountWithHash | undefined> {
  const { deadline } = ctx.state;
  for (let look = 0; look < 2; look += 1) {
    const account = await deps.db.read((q) => findByEmail(q, email), onPrimary(deadline));
    const isRight = await verifyPassword(password, account?.passwordHash, deadline);
    if (!isRight || account === undefined) return undefined;
    const current = await rehash(ctx, deps, account, password);
    if (current !== undefined) return current;
  }
  return undefined;
}

/** Where it cannot be asked, nobody may stay logged in for it. */
async function hasStill(ctx: AppContext, { db }: AccountDeps, { id, passwordHash }: AccountWithHash) {
  const account = await db.read((q) => findById(q, id), onPrimary(ctx.state.deadline));
  return account?.passwordHash === passwordHash;
}

/**
 * A new password ends all sessions that there are. One that began with the old password and is written behind that would
 * go on: so the account is looked at once more, when the session is there to be ended.
 */
async function enterUnlessChanged(
  ctx: AppContext,
  deps: AccountDeps,
  account: AccountWithHash,
): Promise<LoggedIn | undefined> {
  const guest = await beginSession(ctx, account);
  let isSame = false;
  try {
    isSame = await hasStill(ctx, deps, account);
  } finally {
    if (!isSame) await takeBackLogin(ctx, guest);
  }
  return isSame ? enter(ctx, deps, account, guest) : undefined;
}

export function createAccounts(deps: AccountDeps): Accounts {
  return {
    register: async (ctx, { name, email, password }) => {
      // Made before the transaction: when its reply is lost and it is repeated, the row is found to be ours.
      const { deadline } = ctx.state;
      const account = { id: randomUUID(), email, name, passwordHash: await hashPassword(password, deadline) };
      const { value: owner, lsn } = await deps.db.transaction((q) => insertAccount(q, account), deadline);
      if (owner !== account.id) {
        await deps.limits.taken(ctx);
        throw invalid({ email: ['problem.emailTaken'] });
      }
      rememberWrite(ctx, lsn);
      const who: Who = { id: account.id, email, name, role: 'shopper' };
      return enter(ctx, deps, who, await beginSession(ctx, who));
    },
    logIn: async (ctx, form) => {
      const account = await verified(ctx, deps, form);
      return account && enterUnlessChanged(ctx, deps, account);
    },
  };
}

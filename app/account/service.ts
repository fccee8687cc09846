// Registering and logging in. A login never fails because a cart could not be merged: the merge is remembered in
// the session and tried again with the next look into the cart.
import { randomUUID } from 'node:crypto';
import { countPieces } from '../cart/cart.ts';
import type { MergeCarts } from '../cart/merge.ts';
import type { AppContext } from '../http/context.ts';
import { invalid } from '../http/errors.ts';
import type { Limits } from '../http/limits.ts';
import { rememberWrite } from '../http/middleware/preferences.ts';
import type { Database } from '../platform/pg.ts';
import { logIn, userCartHolder } from '../session/session.ts';
import type { Account } from './account.ts';
import { hashPassword, needsRehash, verifyPassword } from './password.ts';
import { findByEmail, insertAccount, replacePasswordHash } from './repository.ts';
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

async function enter(ctx: AppContext, deps: AccountDeps, account: LoggedIn['account']): Promise<LoggedIn> {
  const { id, email, name, role } = account;
  const guest = await logIn(ctx, { id, name, role });
  const merge = await takeAlong(ctx, deps, guest, id);
  return { account: { id, email, name, role }, merge };
}

async function rehash(ctx: AppContext, deps: AccountDeps, account: AccountWithHash, password: string) {
  if (!needsRehash(account.passwordHash)) return;
  const { deadline } = ctx.state;
  const hashes = { verified: account.passwordHash, next: await hashPassword(password, deadline) };
  await deps.db.transaction((q) => replacePasswordHash(q, account.id, hashes), deadline);
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
      return enter(ctx, deps, { id: account.id, email, name, role: 'shopper' });
    },
    logIn: async (ctx, { email, password }) => {
      const options = { deadline: ctx.state.deadline, afterLsn: null, primary: true };
      const account = await deps.db.read((q) => findByEmail(q, email), options);
      const right = await verifyPassword(password, account?.passwordHash, ctx.state.deadline);
      if (!right || account === undefined) return undefined;
      await rehash(ctx, deps, account, password);
      return enter(ctx, deps, account);
    },
  };
}

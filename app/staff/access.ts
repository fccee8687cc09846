// Who may use the staff pages: an account with the role in the session (given at login) and still in the database.
// The second look costs one read of the primary and makes taking a role away work at once, in every open session.
import { findById } from '../account/repository.ts';
import type { AppContext, Next } from '../http/context.ts';
import { forbidden } from '../http/errors.ts';
import { onPrimary } from '../platform/pg.ts';
import type { Database } from '../platform/pg.ts';
import { requireUser, userIfKnown } from '../session/session.ts';

/** False as well while nobody can say who this is. */
export async function isStaff(ctx: AppContext, db: Database): Promise<boolean> {
  const user = userIfKnown(ctx);
  if (user?.role !== 'staff') return false;
  const options = onPrimary(ctx.state.deadline);
  return (await db.read((q) => findById(q, user.id), options))?.role === 'staff';
}

/** In front of every staff route: 401 for a visitor, 403 for a shopper, before anything else is looked at. */
export function staffOnly(db: Database) {
  return async function refuseOthers(ctx: AppContext, next: Next): Promise<void> {
    requireUser(ctx);
    if (!(await isStaff(ctx, db))) throw forbidden();
    await next();
  };
}

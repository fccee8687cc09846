// After a new password all other devices have to log in anew. The password is changed by then: when no store can end
// their sessions, that is what is said, and not that nothing was done, for the old password does not work any more.
import type { AppContext } from '../http/context.ts';
import { sessionsNotEnded } from '../http/errors.ts';
import type { MessageKey } from '../http/messages.ts';
import { StoreUnavailable } from '../platform/store-unavailable.ts';
import type { SessionManager } from '../session/manager.ts';

interface Ending {
  readonly accountId: string;
  /** Whether the session of this request goes on. */
  readonly keep: 'none' | 'current';
}

/** Resolves with the error that no store could end them for; undefined when they are ended. */
async function tryToEnd(ctx: AppContext, sessions: SessionManager, { accountId, keep }: Ending) {
  try {
    await sessions.endAll(ctx, accountId, keep);
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) throw error;
    ctx.state.log.warn(
      { err: error },
      'account: a password was changed, and other devices are still logged in',
    );
    return error;
  }
}

/** For pages: what is to be said. */
export async function endSessions(
  ctx: AppContext,
  sessions: SessionManager,
  ending: Ending,
): Promise<MessageKey> {
  if (!sessions.revocable) return 'account.passwordChangedHere';
  const error = await tryToEnd(ctx, sessions, ending);
  return error === undefined ? 'account.passwordChanged' : 'account.passwordChangedOnly';
}

/** For programs: throws 503 `sessions-not-ended`. */
export async function demandEnd(ctx: AppContext, sessions: SessionManager, ending: Ending): Promise<void> {
  const error = await tryToEnd(ctx, sessions, ending);
  if (error !== undefined) throw sessionsNotEnded(error);
}

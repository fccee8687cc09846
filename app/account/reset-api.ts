// A forgotten password for programs: ask for a link, use what is in it once. The answer to the first is the same whether
// or not there is an account.
import type Router from '@koa/router';
import type { AppState } from '../http/context.ts';
import { invalid } from '../http/errors.ts';
import { demand } from '../http/input.ts';
import type { Limits } from '../http/limits.ts';
import { bodyOf } from '../http/pages.ts';
import { createRouter } from '../http/router.ts';
import type { SessionManager } from '../session/manager.ts';
import { demandEnd } from './end-sessions.ts';
import type { Profiles } from './profile.ts';
import { forgottenForm, resetBody } from './schema.ts';

export interface ResetApiDeps {
  readonly profiles: Profiles;
  readonly sessions: SessionManager;
  readonly limits: Limits;
}

export function resetApi({ profiles, sessions, limits }: ResetApiDeps): Router<AppState> {
  const router = createRouter('/api/v1/password');
  router.post('/forgot', async (ctx) => {
    const { email } = demand(forgottenForm, bodyOf(ctx));
    await limits.reset(ctx, email);
    await profiles.askForReset(ctx, email);
    ctx.status = 204;
  });
  router.post('/reset', async (ctx) => {
    const { token, newPassword } = demand(resetBody, bodyOf(ctx));
    const accountId = await profiles.reset(ctx, token, newPassword);
    if (accountId === undefined) throw invalid({ token: ['problem.resetLink'] });
    await demandEnd(ctx, sessions, { accountId, keep: 'none' });
    ctx.status = 204;
  });
  return router;
}

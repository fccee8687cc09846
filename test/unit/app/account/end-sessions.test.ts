// What is said after a password was changed, by whether the other devices could be logged out.
import { expect } from 'chai';
import { demandEnd, endSessions } from '../../../../app/account/end-sessions.ts';
import type { AppContext } from '../../../../app/http/context.ts';
import { NO_MANAGER } from '../../../../app/session/manager.ts';
import type { SessionManager } from '../../../../app/session/manager.ts';
import { StoreUnavailable } from '../../../../app/platform/store-unavailable.ts';

const ending = { accountId: 'a-1', keep: 'current' } as const;

describe('after a new password', () => {
  let warnings: unknown[];
  beforeEach(() => (warnings = []));

  const ctx = () =>
    ({ state: { log: { warn: (line: unknown) => warnings.push(line) } } }) as unknown as AppContext;
  const managing = (endAll: SessionManager['endAll']): SessionManager => {
    return { ...NO_MANAGER, revocable: true, endAll };
  };
  const away = managing(() => Promise.reject(new StoreUnavailable('redis: away')));

  it('other devices are said to be logged out when they are', async () => {
    const asked: unknown[] = [];
    const sessions = managing((_ctx, ...which) => Promise.resolve(void asked.push(which)));
    expect(await endSessions(ctx(), sessions, ending)).to.equal('account.passwordChanged');
    await demandEnd(ctx(), sessions, ending);
    expect(asked).to.deep.equal([
      ['a-1', 'current'],
      ['a-1', 'current'],
    ]);
  });

  it('nothing is promised where no server knows the sessions', async () => {
    expect(await endSessions(ctx(), NO_MANAGER, ending)).to.equal('account.passwordChangedHere');
  });

  it('the password is said to be changed although no store can log them out, and a warning is left', async () => {
    expect(await endSessions(ctx(), away, ending)).to.equal('account.passwordChangedOnly');
    expect(warnings).to.have.length(1);
  });

  it('a program is told the same as a problem of its own', async () => {
    const error: unknown = await demandEnd(ctx(), away, ending).catch((thrown: unknown) => thrown);
    expect(error).to.include({ status: 503, code: 'sessions-not-ended' });
  });

  it('a mistake of ours stays one', async () => {
    const wrong = managing(() => Promise.reject(new TypeError('a mistake')));
    const error: unknown = await endSessions(ctx(), wrong, ending).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(TypeError);
  });
});

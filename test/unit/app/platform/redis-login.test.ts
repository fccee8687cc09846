// What a connection logs in with, attempt by attempt, while its password is rotated.
import { expect } from 'chai';
import { createLogin, fingerprint } from '../../../../app/platform/redis-login.ts';
import type { Login } from '../../../../app/platform/redis-login.ts';

const refusal = new Error('WRONGPASS invalid username-password pair or user is disabled.');

describe('the login of a Redis connection', () => {
  let present: string;
  let login: Login;

  beforeEach(() => {
    present = 'old';
    login = createLogin({ name: 'session', read: () => ({ username: 'app', password: present }) });
    login.next();
    login.accepted();
  });

  it('uses the present password, and bears its mark in the name', () => {
    present = 'new';
    expect(login.next()).to.include({ password: 'new', connectionName: `session@${fingerprint('new')}` });
  });

  it('tries a refused new password in turn with the one that was accepted last', () => {
    present = 'new';
    const tried: unknown[] = [];
    for (let attempt = 0; attempt < 4; attempt += 1) {
      tried.push(login.next().password);
      login.failed(refusal);
    }
    expect(tried).to.deep.equal(['new', 'old', 'new', 'old']);
  });

  it('speaks to the Sentinels with the present password in every round, in turn with the one accepted last', () => {
    let [password, sentinelPassword] = ['old', 'old'];
    login = createLogin({ name: 'session', read: () => ({ username: 'app', password, sentinelPassword }) });
    login.next();
    login.accepted();
    [password, sentinelPassword] = ['new', 'new'];
    const tried = Array.from({ length: 4 }, () => {
      const round = login.nextRound();
      login.failed(refusal);
      return round;
    });
    // Nothing else: ioredis has taken the member's password at the beginning of the attempt.
    expect(tried).to.deep.equal(['new', 'old', 'new', 'old'].map((each) => ({ sentinelPassword: each })));
  });

  it('goes on with the new one once that was accepted', () => {
    present = 'new';
    login.next();
    login.accepted();
    expect(login.isOutdated()).to.equal(false);
    expect(login.next().password).to.equal('new');
  });

  it('changes nothing because of any other error', () => {
    present = 'new';
    login.next();
    login.failed(new Error('connect ECONNREFUSED'));
    expect(login.next().password).to.equal('new');
  });

  it('is outdated while it stands with another password than the present one', () => {
    expect(login.isOutdated()).to.equal(false);
    present = 'new';
    expect(login.isOutdated()).to.equal(true);
  });
});

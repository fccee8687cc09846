import { expect } from 'chai';
import { createLogin } from '../../../../app/platform/pg-login.ts';
import type { Identity } from '../../../../app/platform/pg-login.ts';

/** A database that lets in what `accounts` says; returns whom it let in, and how many tries it saw. */
function database(accounts: Record<string, string>) {
  let tries = 0;
  const enter = ({ user, password }: Identity): Promise<string> => {
    tries += 1;
    if (accounts[user] === password) return Promise.resolve(user);
    return Promise.reject(Object.assign(new Error('password authentication failed'), { code: '28P01' }));
  };
  return {
    enter,
    tries: () => tries,
    change: (next: Record<string, string>) => Object.assign(accounts, next),
  };
}

describe('the login of the shop', () => {
  it('asks once when nothing changes', async () => {
    const server = database({ app: 'old' });
    const login = createLogin('app', () => 'old');
    expect(await login.connect(server.enter)).to.equal('app');
    expect(await login.connect(server.enter)).to.equal('app');
    expect(server.tries()).to.equal(2);
  });

  it('is let in under the former name while its file is behind the database, also after a restart', async () => {
    const server = database({ app: 'new', app_before_1: 'old' });
    const login = createLogin('app', () => 'old');
    expect(await login.connect(server.enter)).to.equal('app_before_1');
    expect(await login.connect(server.enter)).to.equal('app_before_1');
    expect(server.tries()).to.equal(3);
  });

  it('uses what worked last while the database is behind its file', async () => {
    const server = database({ app: 'old' });
    let file = 'old';
    const login = createLogin('app', () => file);
    await login.connect(server.enter);
    file = 'new';
    expect(await login.connect(server.enter)).to.equal('app');
    server.change({ app: 'new', app_before_1: 'old' });
    expect(await login.connect(server.enter)).to.equal('app');
  });

  it('survives two changes that its file has seen neither of', async () => {
    const server = database({ app: 'third', app_before_1: 'second', app_before_2: 'first' });
    expect(await createLogin('app', () => 'first').connect(server.enter)).to.equal('app_before_2');
  });

  it('fails with the server’s own word when no password is right, and at once when the server is away', async () => {
    const server = database({ app: 'other' });
    const login = createLogin('app', () => 'wrong');
    const refused = await login.connect(server.enter).catch((error: unknown) => error);
    expect(refused).to.include({ code: '28P01' });
    expect(server.tries()).to.equal(3);
    let tries = 0;
    const away = await login
      .connect(() => {
        tries += 1;
        return Promise.reject(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
      })
      .catch((error: unknown) => error);
    expect(away).to.include({ code: 'ECONNREFUSED' });
    expect(tries).to.equal(1);
  });
});

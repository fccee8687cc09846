import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'chai';
import { createLogin } from '../../../../app/platform/pg-login.ts';
import type { Identity, Login } from '../../../../app/platform/pg-login.ts';

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

/** A pool that is full: the next client is made when there is room, whoever asked for it. */
function fullPool(login: Login, enter: (identity: Identity) => Promise<string>) {
  const waiting: (() => Promise<void>)[] = [];
  const open = (): Promise<string> =>
    new Promise((resolve, reject) => {
      waiting.push(async () => {
        const identity = login.current();
        const failed = (error: Error) => {
          login.failed(identity, error);
          reject(error);
        };
        await enter(identity).then((user) => {
          login.accepted(identity);
          resolve(user);
        }, failed);
      });
    });
  const makeRoom = async (): Promise<void> => {
    await waiting.shift()?.();
    // Who was refused asks again.
    await turn();
  };
  return { open, makeRoom, isAskedFor: () => waiting.length > 0 };
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

  it('takes no idle connection for proof that its file is right', async () => {
    const server = database({ app: 'old' });
    let file = 'old';
    const login = createLogin('app', () => file);
    await login.connect(server.enter);
    file = 'new';
    await login.checkOut(() => Promise.resolve('idle'));
    expect(await login.connect(server.enter)).to.equal('app');
  });

  it('lets every caller of a full pool in, and tries nothing twice because another one comes', async () => {
    const server = database({ app: 'old' });
    let file = 'old';
    const login = createLogin('app', () => file);
    await login.connect(server.enter);
    file = 'new';
    const pool = fullPool(login, server.enter);
    const callers: Promise<string>[] = [];
    for (let came = 0; came < 8; came += 1) {
      callers.push(login.checkOut(pool.open));
      await pool.makeRoom();
    }
    while (pool.isAskedFor()) await pool.makeRoom();
    expect(new Set(await Promise.all(callers))).to.deep.equal(new Set(['app']));
    // The first, three refusals, and one for each caller.
    expect(server.tries()).to.equal(1 + 3 + callers.length);
  });

  it('tries its file anew when nothing else lets it in any more', async () => {
    const server = database({ app: 'old' });
    let file = 'old';
    const login = createLogin('app', () => file);
    await login.connect(server.enter);
    file = 'new';
    // Somebody is always under way, so that what was refused stays known.
    const end = Promise.withResolvers<string>();
    const other = login.checkOut(() => end.promise);
    expect(await login.connect(server.enter)).to.equal('app');
    server.change({ app: 'new' });
    expect(await login.connect(server.enter)).to.equal('app');
    end.resolve('idle');
    await other;
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

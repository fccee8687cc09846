import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import pg from 'pg';
import { createLogin } from '../../../app/platform/pg-login.ts';
import type { Login } from '../../../app/platform/pg-login.ts';
import { fingerprintOf, PASSWORD_KEYS } from '../../../operator/agent/passwords/known-passwords.ts';
import type { Passwords } from '../../../operator/agent/passwords/known-passwords.ts';
import { startLedger } from '../../load/postgres-ledger.ts';
import type { Ledger } from '../../load/postgres-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

/** A refusal counts, a busy machine does not. */
const patient = { connectionTimeoutMillis: timeouts.soonMs, query_timeout: timeouts.soonMs };

/** A client that opens a new connection for each statement: whoever is refused counts it. */
interface Caller {
  readonly failures: string[];
  calls: number;
  stop(): Promise<void>;
}

describe('passwords of a set of three real Postgres servers, changed in its Secret', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let ledger: Ledger;
  const callers: Caller[] = [];
  /** What the clients’ mounted files say: one is on time, one is behind by both changes. */
  const files = { prompt: '', late: '' };
  const within = { withinMs: timeouts.steadyStateMs / 2 };

  const connectAs = (login: Login): Promise<pg.Client> =>
    login.connect(({ user, password }) =>
      set.connect(operator.routed('pg-rw')[0] ?? '', { user, password, ...patient }),
    );

  function call(login: Login): Caller {
    const end = new AbortController();
    const caller: Caller = {
      ...{ failures: [], calls: 0 },
      stop: async () => {
        end.abort();
        await running;
      },
    };
    const once = async (): Promise<void> => {
      const client = await connectAs(login);
      await client.query('INSERT INTO called DEFAULT VALUES');
      await client.end();
      caller.calls += 1;
    };
    const running = (async () => {
      while (!end.signal.aborted) {
        await once().catch((error: unknown) => caller.failures.push(String(error)));
        await sleep(20);
      }
    })();
    return caller;
  }

  /** As if somebody edited every password of the Secret. */
  const edit = (suffix: string): Record<string, string> => {
    const next = Object.fromEntries(PASSWORD_KEYS.map((key) => [key, `${set.password(key)}-${suffix}`]));
    operator.editPasswords(next);
    return next;
  };

  const taken = (next: Record<string, string>) =>
    eventually(async () => {
      const client = await set.connect(operator.routed('pg-rw')[0] ?? '', { password: next['app-password'] });
      await client.end();
      const statuses = await Promise.all(set.members.map((member) => member.status(next['agent-token'])));
      expect(new Set(statuses.map(({ passwords }) => passwords)).size).to.equal(1);
      expect(statuses.filter(({ streaming }) => streaming)).to.have.length(2);
    }, within);

  before(async () => {
    set = await startPostgresSet();
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
    files.prompt = files.late = set.password('app-password');
    const prompt = createLogin('app', () => files.prompt);
    ledger = await startLedger({ connect: () => connectAs(prompt) });
    const client = await connectAs(prompt);
    await client.query('CREATE TABLE called (at timestamptz DEFAULT now())');
    await client.end();
    callers.push(call(prompt), call(createLogin('app', () => files.late)));
  });

  after(async () => {
    await Promise.all(callers.map((caller) => caller.stop()));
    await operator.stop();
    await set.close();
  });

  it('are taken by every member before their own files have them, once and twice', async () => {
    const first = edit('first');
    files.prompt = first['app-password'] ?? '';
    await taken(first);
    const second = edit('second');
    await taken(second);
    files.prompt = second['app-password'] ?? '';
  });

  it('are what standbys dial and agents ask each other with: a failover right after works', async () => {
    const { term = 0 } = operator.status();
    await Promise.all(callers.map((caller) => caller.stop()));
    set.member(operator.status().primary ?? '').killPostmaster();
    await eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving', term: term + 1 });
      expect(operator.routed('pg-ro')).to.have.length(2);
    }, within);
  });

  it('stay when the members’ files have caught up and their agents start again', async () => {
    for (const key of PASSWORD_KEYS) {
      await writeFile(join(set.credentials, key), `${set.password(key)}-second`);
    }
    for (const member of set.members) await member.kill();
    for (const member of set.members) member.startAgent();
    await eventually(async () => {
      expect(operator.routed('pg-ro')).to.have.length(2);
      const client = await set.connect(operator.routed('pg-rw')[0] ?? '', { password: files.prompt });
      await client.end();
    }, within);
  });

  it('failed no query of a client on time nor of one behind, and are in no log in clear text', async () => {
    for (const { failures, calls } of callers) {
      expect(failures).to.deep.equal([]);
      // Some before, between and after the edits; how many depends on the machine.
      expect(calls).to.be.greaterThan(5);
    }
    const client = await set.connect(operator.routed('pg-rw')[0] ?? '', { password: files.prompt });
    const report = await ledger.finish(client);
    await client.end();
    expect(report).to.include({ lost: 0, duplicated: 0 });
    for (const { folder } of set.members) {
      expect(await readFile(join(folder, 'log'), 'utf8'))
        .not.to.include('-first')
        .and.not.to.include('-second');
    }
  });

  it('keep nobody from voting who was away while they changed, and is needed now', async () => {
    const { term = 0 } = operator.status();
    const [away = ''] = operator.routed('pg-ro');
    await set.member(away).kill();
    const third = edit('third');
    for (const [key, text] of Object.entries(third)) await writeFile(join(set.credentials, key), text);
    const others = set.members.filter(({ name }) => name !== away);
    await eventually(async () => {
      const statuses = await Promise.all(others.map((member) => member.status(third['agent-token'])));
      for (const { passwords } of statuses) expect(passwords).to.equal(fingerprintOf(third as Passwords));
    }, within);
    const lost = set.member(operator.status().primary ?? '');
    await lost.kill();
    set.member(away).startAgent();
    await eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving', term: term + 1 });
      expect(operator.routed('pg-ro')).to.include(away);
    }, within);
    lost.startAgent();
    await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
  });

  it('no longer let in whoever has a wrong one', async () => {
    const refused = await set
      .connect(operator.routed('pg-rw')[0] ?? '', { password: 'guessed' })
      .catch((error: unknown) => error);
    expect(refused).to.be.instanceOf(pg.DatabaseError).and.include({ code: '28P01' });
  });
});

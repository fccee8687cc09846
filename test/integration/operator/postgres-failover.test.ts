import { copyFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type pg from 'pg';
import { startLedger } from '../../load/postgres-ledger.ts';
import type { Ledger } from '../../load/postgres-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { connectWriter, startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a set of three real Postgres servers under its operator', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let ledger: Ledger;

  const writable = (): Promise<pg.Client> => connectWriter(set, operator);

  const healthy = (term: number) =>
    eventually(
      async () => {
        const statuses = await operator.statuses();
        expect(operator.status().ballot).to.include({ stage: 'serving' });
        expect(operator.status().ballot?.term).to.be.at.least(term);
        expect(statuses.filter(({ streaming }) => streaming)).to.have.length(2);
        expect(operator.routed('pg-ro')).to.have.length(2);
      },
      { withinMs: timeouts.steadyStateMs / 2 },
    );

  const lockOf = ({ folder }: SetMember): string => join(folder, 'volume', 'pgdata', 'postmaster.pid');
  const primary = (): SetMember => set.member(operator.status().primary ?? '');

  before(async () => {
    set = await startPostgresSet();
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await healthy(1);
    ledger = await startLedger({ connect: writable });
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  it('came up as one primary and two standbys of which one must acknowledge every commit', async () => {
    expect(operator.routed('pg-rw')).to.deep.equal(['pg-0']);
    expect([...operator.routed('pg-ro')].sort()).to.deep.equal(['pg-1', 'pg-2']);
    const client = await set.connect('pg-0');
    const { rows } = await client.query<{ synchronous_standby_names: string }>(
      'SHOW synchronous_standby_names',
    );
    await client.end();
    expect(rows[0]?.synchronous_standby_names).to.equal('ANY 1 ("pg-1:1", "pg-2:1")');
  });

  it('lets in who brings a member back, however many connections the database has', async () => {
    const [name = ''] = operator.routed('pg-rw');
    const patient = { connectionTimeoutMillis: timeouts.soonMs };
    const all: pg.Client[] = [];
    let refusal: unknown = null;
    while (refusal === null) {
      await set.connect(name, patient).then(
        (client) => all.push(client),
        (error: unknown) => (refusal = error),
      );
    }
    expect(refusal).to.include({ code: '53300' });
    const password = set.password('replication-password');
    all.push(await set.connect(name, { ...patient, user: 'replicator', database: 'postgres', password }));
    await Promise.all(all.map((client) => client.end()));
  });

  it('elects another primary when the postmaster is killed -9, and takes the old one back', async () => {
    const { term = 0 } = operator.status().ballot ?? {};
    ledger.mark();
    primary().killPostmaster();
    await healthy(term + 1);
    const [entry] = operator.status().history ?? [];
    expect(entry?.cause).to.include('ended');
    expect(operator.routed('pg-rw')).to.not.deep.equal([entry?.from]);
  });

  it('elects with the vote of the primary whose postmaster was killed while a standby hangs', async () => {
    const { term = 0 } = operator.status().ballot ?? {};
    const [hung = ''] = operator.routed('pg-ro');
    // Heard, and so expected to vote: the ballot begins with three.
    set.member(hung).signalPostgres('SIGSTOP');
    primary().killPostmaster();
    await eventually(
      async () => {
        const client = await writable();
        await client.query('CREATE TABLE IF NOT EXISTS with_two ()').finally(() => client.end());
        expect(operator.status().ballot).to.include({ stage: 'serving' });
        expect(operator.status().ballot?.term).to.be.greaterThan(term);
      },
      { withinMs: timeouts.soonMs * 2 },
    );
    set.member(hung).signalPostgres('SIGCONT');
    await healthy(term + 1);
  });

  it('elects another primary when agent and Postgres die together, as with their pod', async () => {
    const { term = 0 } = operator.status().ballot ?? {};
    const old = primary();
    await old.kill();
    // Both at once: the new term is there before it has a primary.
    const next = { stage: 'serving', term: term + 1 };
    await eventually(() => expect(operator.status().ballot).to.include(next), {
      withinMs: timeouts.soonMs * 4,
    });
    // As in a new container, where the dead server's number belongs to another process by now.
    await copyFile(lockOf(primary()), lockOf(old));
    old.startAgent();
    await healthy(term + 1);
    expect((await old.status()).rejoin?.method).to.be.oneOf(['follow', 'rewind']);
  });

  it('hands over to the requested member, whose old primary follows without losing a byte', async () => {
    const [to = ''] = operator.routed('pg-ro');
    const old = primary();
    operator.editSpec({ switchover: { to, id: 'requested' } });
    await eventually(() => expect(operator.routed('pg-rw')).to.deep.equal([to]), {
      withinMs: timeouts.soonMs * 4,
    });
    await healthy(1);
    expect(operator.status().switchoverDone).to.equal('requested');
    const { rejoin } = await old.status();
    expect(rejoin).to.include({ method: 'follow', discardedBytes: 0 });
  });

  it('clones a former primary whose volume cannot be recovered', async () => {
    const { term = 0 } = operator.status().ballot ?? {};
    const old = primary();
    await old.kill();
    const wal = join(old.folder, 'volume', 'pgdata', 'pg_wal');
    const segments = (await readdir(wal)).filter((name) => /^[0-9A-F]{24}$/.test(name));
    for (const name of segments) await rm(join(wal, name));
    await eventually(
      () => expect(operator.status().ballot).to.include({ stage: 'serving', term: term + 1 }),
      {
        withinMs: timeouts.soonMs * 4,
      },
    );
    old.startAgent();
    await healthy(term + 1);
    const { rejoin } = await old.status();
    expect(rejoin).to.include({ term: term + 1, method: 'clone' });
  });

  it('refuses a command of an older term, and anybody without the token', async () => {
    const answer = await primary().command({ kind: 'freeze', term: 1 });
    expect(answer).to.include({ accepted: false });
    const { host, port } = primary().target;
    const response = await fetch(`http://${host}:${port}/v1/status`);
    expect(response.status).to.equal(401);
  });

  it('lost none of the acknowledged writes through all of it', async () => {
    const client = await writable();
    const report = await ledger.finish(client);
    await client.end();
    expect(report).to.include({ lost: 0, duplicated: 0, backwards: 0 });
    expect(report.acked).to.be.greaterThan(100);
  });
});

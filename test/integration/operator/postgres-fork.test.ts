import { execFile } from 'node:child_process';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type pg from 'pg';
import type { ForkEntry } from '../../../operator/postgres/forks.ts';
import { startLedger } from '../../load/postgres-ledger.ts';
import type { Ledger } from '../../load/postgres-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import { RUN_AS } from '../../support/postgres-member.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { findPostgresBin, startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

const run = promisify(execFile);
const BYTES_BY_HAND = 3_000_000;

describe('a member of a set of three real Postgres servers that somebody promotes by hand', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let ledger: Ledger;
  const within = { withinMs: timeouts.steadyStateMs / 2 };

  const superuser = (member: SetMember): Promise<pg.Client> =>
    set.connect(member.name, {
      ...{ host: join(member.folder, 'run'), user: 'postgres', database: 'postgres', ssl: false },
      password: set.password('superuser-password'),
      query_timeout: 10_000,
    });

  /** As a person with a shell in a pod whose agent is away. */
  async function pgCtl(member: SetMember, ...args: readonly string[]): Promise<void> {
    const volume = join(member.folder, 'volume');
    const conf = (name: string): string => join(volume, 'conf', name);
    const options = `-c config_file=${conf('postgresql.conf')} -c hba_file=${conf('pg_hba.conf')}`;
    const place = ['-D', join(volume, 'pgdata'), '-l', join(member.folder, 'by-hand.log'), '-o', options];
    await run(join(findPostgresBin(), 'pg_ctl'), [...place, '-w', ...args], {
      ...RUN_AS,
      cwd: member.folder,
    });
  }

  /** What a killed server leaves behind. */
  async function removeLocks({ folder }: SetMember): Promise<void> {
    await rm(join(folder, 'volume', 'pgdata', 'postmaster.pid'), { force: true });
    for (const name of await readdir(join(folder, 'run'))) {
      await rm(join(folder, 'run', name), { recursive: true });
    }
  }

  const healthy = () =>
    eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving' });
      expect(operator.routed('pg-ro')).to.have.length(2);
    }, within);

  const forkOf = (name: string): ForkEntry | undefined =>
    operator.status().forks?.find(({ member }) => member === name);

  /** A standby that is routed and followed all along. */
  const standby = (): SetMember => set.member(operator.routed('pg-ro')[0] ?? '');

  before(async () => {
    set = await startPostgresSet();
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await healthy();
    ledger = await startLedger({ connect: () => set.connect(operator.routed('pg-rw')[0] ?? '') });
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  it('is named with its timeline and the bytes past the fork before it follows again', async () => {
    const forked = standby();
    const client = await superuser(forked);
    await client.query('SELECT pg_promote(false)');
    // Whether it gets this far before its agent stops it is a race that either may win.
    await client.query('SET synchronous_commit = local; CREATE TABLE by_hand ()').catch(() => undefined);
    await client.end().catch(() => undefined);
    await eventually(() => expect(forkOf(forked.name)?.rejoined).to.match(/^(rewind|clone) in/), within);
    const fork = forkOf(forked.name);
    expect(fork).to.include({ timeline: 2 });
    expect(fork?.bytes).to.be.greaterThan(0);
    const told = operator.events.filter(({ reason }) => reason === 'ForkDetected');
    expect(told).to.have.length(1);
    expect(told[0]?.note)
      .to.include(forked.name)
      .and.include(fork?.forkLsn ?? 'position');
    await healthy();
  });

  it('is found out also when its agent was away, and not one byte of what it wrote goes uncounted', async () => {
    const forked = standby();
    await forked.kill();
    await removeLocks(forked);
    await pgCtl(forked, 'start');
    await pgCtl(forked, 'promote');
    const client = await superuser(forked);
    await client.query('SET synchronous_commit = local');
    await client.query(
      `CREATE TABLE by_hand AS SELECT repeat('x', 1000) AS text FROM generate_series(1, 3000)`,
    );
    await client.end();
    await pgCtl(forked, '-m', 'immediate', 'stop');
    forked.startAgent();
    await eventually(() => {
      const [newest] = operator.status().forks ?? [];
      expect(newest).to.include({ member: forked.name });
      expect(newest?.bytes).to.be.greaterThan(BYTES_BY_HAND);
      expect(newest?.rejoined).to.match(/^(rewind|clone) in/);
    }, within);
    await healthy();
    const again = await superuser(forked);
    const { rows } = await again.query(
      `SELECT to_regclass('by_hand') AS by_hand, pg_is_in_recovery() AS standby`,
    );
    await again.end();
    expect(rows).to.deep.equal([{ by_hand: null, standby: true }]);
    const { rejoin } = await forked.status();
    expect(rejoin?.discardedBytes).to.be.greaterThan(BYTES_BY_HAND);
  });

  it('cost no acknowledged write and no change of primary', async () => {
    const client = await set.connect(operator.routed('pg-rw')[0] ?? '');
    const report = await ledger.finish(client);
    await client.end();
    expect(report).to.include({ lost: 0, duplicated: 0, backwards: 0 });
    expect(report.acked).to.be.greaterThan(100);
    expect(operator.status().term).to.equal(1);
  });
});

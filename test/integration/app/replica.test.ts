// The shop on a primary and a real standby: who may be read, and what counts as committed.
import { expect } from 'chai';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { createMetrics } from '../../../app/platform/metrics.ts';
import type { Metrics } from '../../../app/platform/metrics.ts';
import { createLog } from '../../../app/platform/log.ts';
import type { Database, Querier } from '../../../app/platform/pg.ts';
import { createDatabase } from '../../../app/platform/pg.ts';
import { createPool } from '../../../app/platform/pg-pool.ts';
import { sql } from '../../../app/platform/sql.ts';
import { eventually } from '../../support/eventually.ts';
import { startReplica } from '../../support/postgres-replica.ts';
import type { TestReplica } from '../../support/postgres-replica.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { DatabaseAccess, TestPostgres } from '../../support/postgres.ts';
import { timeouts } from '../../support/timeouts.ts';

const BEAT_MS = 200;

describe('a database with a replica', function () {
  this.timeout(timeouts.fixtureMs);
  let primary: TestPostgres;
  let replica: TestReplica;
  let access: DatabaseAccess;
  let db: Database;
  let metrics: Metrics;
  let beat: NodeJS.Timeout;
  let retried: unknown[] = [];

  before(async () => {
    primary = await startPostgres({ synchronous_commit: 'on' });
    access = await primary.createDatabase('app');
    await primary.query('CREATE TABLE note (text text PRIMARY KEY)', [], 'app');
    await primary.query('GRANT ALL ON note TO app', [], 'app');
    // The test's own statements never wait for the standby.
    await primary.query('ALTER ROLE postgres SET synchronous_commit = local');
    replica = await startReplica(primary);
    metrics = createMetrics();
    db = open();
    // What the agent does in the cluster: a replica that keeps up has always replayed something recent.
    beat = setInterval(() => void primary.query('SELECT txid_current()').catch(() => undefined), BEAT_MS);
  });
  after(async () => {
    clearInterval(beat);
    await db.close();
    await replica.close();
    await primary.close();
  });
  beforeEach(async () => {
    retried = [];
    await primary.query('TRUNCATE note', [], 'app');
    await replica.caughtUp();
  });

  function open(): Database {
    const log = createLog({ level: 'silent', pod: 'test' });
    const pool = (name: 'rw' | 'ro', port: number) =>
      createPool(
        {
          ...{ name, host: access.host, port, database: 'app', user: access.user },
          password: () => access.password,
          applicationName: `shop-${name}`,
          ...{ size: 4, queueLimit: 16, connectTimeoutMs: 1_000, queryTimeoutMs: 1_500 },
        },
        log,
      );
    return createDatabase(
      { rw: pool('rw', access.port), ro: pool('ro', replica.port) },
      {
        retried: (_pool, error) => retried.push(error),
        transactionStarted: () => undefined,
        replicaRefused: (reason) => metrics.replicaRefusals.inc({ reason }),
      },
    );
  }

  const write = (text: string, deadlineMs = timeouts.soonMs) =>
    db.transaction(
      (q) => q.run(sql`INSERT INTO note (text) VALUES (${text}) ON CONFLICT DO NOTHING`),
      deadlineIn(deadlineMs),
    );
  const seen = (q: Querier) =>
    q.row<{ standby: boolean; notes: number }>(
      sql`SELECT pg_is_in_recovery() AS standby, (SELECT count(*)::int FROM note) AS notes`,
    );
  const read = (afterLsn: string | null) => db.read(seen, { deadline: deadlineIn(5_000), afterLsn });
  const refusals = async (reason: string): Promise<number> => {
    const { values } = await metrics.replicaRefusals.get();
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  };

  it('is read on the replica', async () => {
    await eventually(async () => expect(await read(null)).to.deep.equal({ standby: true, notes: 0 }), {
      withinMs: timeouts.soonMs,
    });
  });

  it('shows a shopper her own write from the primary until the replica has it, and not by a timer', async () => {
    await replica.query('SELECT pg_wal_replay_pause()');
    try {
      const { lsn } = await write('mine');
      const before = await refusals('own-write');
      expect(await read(lsn)).to.deep.equal({ standby: false, notes: 1 });
      expect(await refusals('own-write')).to.equal(before + 1);
    } finally {
      await replica.query('SELECT pg_wal_replay_resume()');
    }
    const { lsn } = await write('another');
    await replica.caughtUp();
    expect(await read(lsn)).to.deep.equal({ standby: true, notes: 2 });
  });

  it('is not read on a replica that is more than a second behind, and again once it has caught up', async () => {
    await replica.query('SELECT pg_wal_replay_pause()');
    try {
      await write('new');
      await eventually(async () => expect(await read(null)).to.deep.equal({ standby: false, notes: 1 }), {
        withinMs: timeouts.soonMs,
      });
      expect(db.replicaLagMs()).to.be.greaterThan(1_000);
      expect(await refusals('lag')).to.be.greaterThan(0);
      // From here on nothing old is ever shown.
      for (let times = 0; times < 20; times += 1) expect((await read(null))?.notes).to.equal(1);
    } finally {
      await replica.query('SELECT pg_wal_replay_resume()');
    }
    await eventually(async () => expect((await read(null))?.standby).to.equal(true), {
      withinMs: timeouts.soonMs,
    });
  });

  it('is read on the primary while the replica is gone', async () => {
    replica.freeze();
    try {
      expect((await read(null))?.standby).to.equal(false);
    } finally {
      replica.thaw();
    }
  });

  describe('whose commits wait for it', () => {
    before(() => synchronous('standby'));
    after(() => synchronous(''));

    async function synchronous(standbys: string): Promise<void> {
      await primary.query(`ALTER SYSTEM SET synchronous_standby_names = '${standbys}'`);
      await primary.query('SELECT pg_reload_conf()');
    }

    async function waiting(): Promise<number> {
      const rows = await primary.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'shop-rw'`,
      );
      return rows[0]?.pid ?? expect.fail('no commit is waiting');
    }

    for (const how of ['pg_cancel_backend', 'pg_terminate_backend']) {
      it(`does not take a wait ended by ${how} for an acknowledgement, and commits once when it can`, async () => {
        replica.freeze();
        let acknowledged = false;
        const writing = write('waits', timeouts.localServerReadyMs).then(() => (acknowledged = true));
        try {
          const pid = await eventually(waiting, { withinMs: timeouts.soonMs });
          await primary.query(`SELECT ${how}(${pid})`);
          // It is tried again, finds its own row, which only the primary has, and has to wait like the first time.
          await eventually(async () => expect(await waiting()).to.not.equal(pid), {
            withinMs: timeouts.soonMs,
          });
          expect(retried).to.have.length.greaterThan(0);
          expect(acknowledged).to.equal(false);
        } finally {
          replica.thaw();
        }
        await writing;
        const rows = await primary.query(`SELECT FROM note WHERE text = 'waits'`, [], 'app');
        expect(rows).to.have.length(1);
      });
    }
  });

  it('commits idempotent work again on another connection when its own was terminated (57P01)', async () => {
    let tries = 0;
    const { value } = await db.transaction(async (q) => {
      tries += 1;
      await q.run(sql`INSERT INTO note (text) VALUES ('survives') ON CONFLICT DO NOTHING`);
      const own = await q.row<{ pid: number }>(sql`SELECT pg_backend_pid() AS pid`);
      if (tries === 1) await primary.query(`SELECT pg_terminate_backend(${own?.pid})`);
      return seen(q);
    }, deadlineIn(timeouts.soonMs));
    expect([tries, value?.notes]).to.deep.equal([2, 1]);
  });

  it('retries within the deadline on a server that is read-only (25006), and tells when it stays so', async () => {
    // By role and not by a reload, which a busy server heeds only after it has taken the write.
    await primary.query('ALTER ROLE app SET default_transaction_read_only = on');
    await primary.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'`);
    const start = performance.now();
    const failure = await write('refused', 1_500).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.have.property('code', '25006');
    expect(performance.now() - start).to.be.within(1_000, 3_000);
    const writing = write('accepted');
    await eventually(() => expect(retried.length).to.be.greaterThan(5), { withinMs: timeouts.soonMs });
    await primary.query('ALTER ROLE app RESET default_transaction_read_only');
    expect((await writing).lsn).to.match(/^[0-9A-F]+\/[0-9A-F]+$/);
  });

  it('does not call a transaction committed in which a statement failed unnoticed', async () => {
    const failure = await db
      .transaction(async (q) => {
        await q.run(sql`INSERT INTO note (text) VALUES (NULL)`).catch(() => undefined);
      }, deadlineIn(timeouts.soonMs))
      .then(
        () => undefined,
        (error: unknown) => error,
      );
    expect(failure).to.be.instanceOf(Error);
  });
});

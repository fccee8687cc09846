// A primary that goes away takes its connections with it, never the process that held them; and one that is slow is not
// left with statements that nobody waits for.
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { deadlineIn } from '../../../app/platform/deadline.ts';
import { createDatabase } from '../../../app/platform/pg.ts';
import { createPool } from '../../../app/platform/pg-pool.ts';
import type { PgPool } from '../../../app/platform/pg-pool.ts';
import { sql } from '../../../app/platform/sql.ts';
import { createLog } from '../../../app/platform/log.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a pool of connections', function () {
  this.timeout(timeouts.fixtureMs);
  let postgres: TestPostgres;

  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.close());

  async function poolOf(name: string, queryTimeoutMs: number): Promise<PgPool> {
    const { password, ...access } = await postgres.createDatabase(name);
    const options = {
      ...{ ...access, name: 'rw' as const, applicationName: name, password: () => password },
      ...{ size: 2, queueLimit: 4, connectTimeoutMs: timeouts.soonMs, queryTimeoutMs },
    };
    return createPool(options, createLog({ level: 'silent', pod: 'test' }));
  }

  it('survives the server closing a connection that a request holds between two statements', async () => {
    const pool = await poolOf('holder', timeouts.soonMs);
    try {
      // An error event nobody listens to would end this test run.
      const failure = await pool
        .use(async (client) => {
          await client.query('SELECT 1');
          await postgres.query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'holder'`,
          );
          await sleep(200);
          await client.query('SELECT 2');
        })
        .catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(Error);
      const answer = await pool.use((client) => client.query<{ three: number }>('SELECT 3 AS three'));
      expect(answer.rows).to.deep.equal([{ three: 3 }]);
    } finally {
      await pool.close();
    }
  });

  it('leaves no statement behind that took too long, and keeps the connection', async () => {
    const pool = await poolOf('sleeper', 1_000);
    try {
      const failure = await pool.use((client) => client.query('SELECT pg_sleep(60)')).catch(String);
      expect(failure).to.include('statement timeout');
      const left = await postgres.query(
        `SELECT state FROM pg_stat_activity WHERE application_name = 'sleeper'`,
      );
      expect(left).to.deep.equal([{ state: 'idle' }]);
      expect(pool.stats()).to.include({ total: 1, idle: 1 });
    } finally {
      await pool.close();
    }
  });

  it('tries a transaction again whose statement took too long, on the same connection', async () => {
    const [rw, ro] = [await poolOf('writer', 1_000), await poolOf('reader', 1_000)];
    const nothing = () => undefined;
    const events = { retried: nothing, transactionStarted: nothing, replicaRefused: nothing };
    const db = createDatabase({ rw, ro }, events);
    try {
      let tries = 0;
      const { value } = await db.transaction(async (q) => {
        tries += 1;
        if (tries === 1) await q.run(sql`SELECT pg_sleep(60)`);
        return q.row(sql`SELECT 3 AS three`);
      }, deadlineIn(timeouts.soonMs));
      expect({ value, tries }).to.deep.equal({ value: { three: 3 }, tries: 2 });
      expect(rw.stats()).to.include({ total: 1, idle: 1 });
    } finally {
      await db.close();
    }
  });
});

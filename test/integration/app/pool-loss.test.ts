// A primary that goes away takes its connections with it, never the process that held them.
import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPool } from '../../../app/platform/pg-pool.ts';
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

  it('survives the server closing a connection that a request holds between two statements', async () => {
    const { host, port, database, user, password } = await postgres.createDatabase('holder');
    const pool = createPool(
      {
        name: 'rw',
        host,
        port,
        database,
        user,
        password: () => password,
        applicationName: 'holder',
        size: 2,
        queueLimit: 4,
        connectTimeoutMs: timeouts.soonMs,
        queryTimeoutMs: timeouts.soonMs,
      },
      createLog({ level: 'silent', pod: 'test' }),
    );
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
});

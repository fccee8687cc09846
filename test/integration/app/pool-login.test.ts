// A pool whose mounted password is ahead of the database: some requests get an idle connection, which proves nothing of
// it, and nobody may be refused as long as the former password lets in.
import { expect } from 'chai';
import { createPool } from '../../../app/platform/pg-pool.ts';
import type { PgPool } from '../../../app/platform/pg-pool.ts';
import { createLog } from '../../../app/platform/log.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a pool whose file is ahead of the database', function () {
  this.timeout(timeouts.fixtureMs);
  let postgres: TestPostgres;
  let pool: PgPool;
  let file: string;

  before(async () => {
    postgres = await startPostgres();
    const { password, ...access } = await postgres.createDatabase('shop');
    file = password;
    const options = {
      ...{ ...access, name: 'rw' as const, applicationName: 'shop', password: () => file },
      ...{ size: 2, queueLimit: 4, connectTimeoutMs: timeouts.soonMs, queryTimeoutMs: timeouts.soonMs },
    };
    pool = createPool(options, createLog({ level: 'silent', pod: 'test' }));
  });

  after(async () => {
    await pool.close();
    await postgres.close();
  });

  const userOf = (): Promise<string | undefined> =>
    pool.use(async (client) => (await client.query<{ name: string }>('SELECT user AS name')).rows[0]?.name);

  it('is let in with what worked last, also after a request that found an idle connection', async () => {
    await userOf();
    file = 'ahead';
    expect(await userOf()).to.equal('shop');
    // One holds the idle connection, so that the other has to log in.
    expect(await pool.use(userOf)).to.equal('shop');
    expect(pool.stats()).to.include({ total: 2 });
  });
});

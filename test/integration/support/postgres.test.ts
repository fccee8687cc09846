// The fixture that every database test stands on.
import { expect } from 'chai';
import { existsSync } from 'node:fs';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a Postgres for tests', function () {
  this.timeout(timeouts.fixtureMs);
  let postgres: TestPostgres;

  before(async () => {
    postgres = await startPostgres();
  });
  after(() => postgres.close());

  it('is a Postgres 17', async () => {
    const [row] = await postgres.query<{ server_version_num: string }>('SHOW server_version_num');
    expect(Number(row?.server_version_num)).to.be.within(170_000, 179_999);
  });

  it('gives a database owned by a role that is no superuser', async () => {
    const shop = await postgres.createDatabase('somewhere');
    expect(shop.url).to.contain('somewhere:');
    const rows = await postgres.query<{ rolsuper: boolean }>(
      `SELECT r.rolsuper FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = $1`,
      [shop.database],
    );
    expect(rows).to.deep.equal([{ rolsuper: false }]);
  });

  it('keeps its data over a stop and a start on the same port', async () => {
    await postgres.query('CREATE TABLE kept AS SELECT 42 AS answer');
    await postgres.stop();
    await postgres.start();
    expect(await postgres.query('SELECT answer FROM kept')).to.deep.equal([{ answer: 42 }]);
  });

  it('comes back after a crash', async () => {
    await postgres.crash();
    expect(postgres.server().running()).to.equal(false);
    await postgres.start();
    expect(await postgres.query('SELECT 1 AS one')).to.deep.equal([{ one: 1 }]);
  });

  it('leaves neither a process nor a file behind when it is closed', async () => {
    const other = await startPostgres();
    const [row] = await other.query<{ data_directory: string }>('SHOW data_directory');
    await other.close();
    expect(other.server().running()).to.equal(false);
    expect(existsSync(row!.data_directory)).to.equal(false);
  });
});

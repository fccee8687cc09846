import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

describe('a standby of a set of real Postgres servers that was away for longer than WAL is kept', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  const within = { withinMs: timeouts.steadyStateMs / 2 };
  const away = 'pg-2';

  /** As somebody with a shell in the primary's pod. */
  async function asSuperuser(
    { folder, postgresPort }: SetMember,
    statements: readonly string[],
  ): Promise<void> {
    const client = new pg.Client({
      ...{ host: join(folder, 'run'), port: postgresPort, user: 'postgres', database: 'postgres' },
      ...{ password: set.password('superuser-password'), query_timeout: timeouts.soonMs },
    });
    await client.connect();
    for (const statement of statements) await client.query(statement);
    await client.end();
  }

  before(async () => {
    set = await startPostgresSet();
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  it('is cloned, without being asked for, as soon as another standby follows', async () => {
    await set.member(away).kill();
    // The same as 512 MB of writes, in less time.
    const keepNothing = ['ALTER SYSTEM SET wal_keep_size = 0', 'SELECT pg_reload_conf()'];
    const segment = [
      'SELECT pg_switch_wal()',
      'CREATE TABLE IF NOT EXISTS written AS SELECT 1',
      'CHECKPOINT',
    ];
    await asSuperuser(set.member('pg-0'), [...keepNothing, ...segment, ...segment, ...segment]);
    set.member(away).startAgent();
    await eventually(async () => {
      const { streaming, pending, rejoin } = await set.member(away).status();
      expect({ streaming, pending, method: rejoin?.method }).to.deep.equal({
        ...{ streaming: true, pending: false, method: 'clone' },
      });
      expect(operator.routed('pg-ro')).to.include(away);
    }, within);
  });
});

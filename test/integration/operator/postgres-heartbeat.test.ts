import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { beat } from '../../../operator/agent/heartbeat.ts';
import { HEARTBEAT_TABLE } from '../../../operator/agent/roles.ts';
import type { Machine } from '../../../operator/agent/state.ts';
import { eventually } from '../../support/eventually.ts';
import { startPostgres } from '../../support/postgres.ts';
import type { TestPostgres } from '../../support/postgres.ts';
import { timeouts } from '../../support/timeouts.ts';

const GIVEN_UP_AFTER_MS = 200;

describe('the heartbeat of a primary that nobody acknowledges', function () {
  this.timeout(timeouts.fixtureMs);
  let server: TestPostgres;
  let folder: string;
  const end = new AbortController();
  let beating: Promise<void>;

  before(async () => {
    server = await startPostgres({ synchronous_commit: 'on', synchronous_standby_names: 'nobody' });
    await server.query(
      `SET synchronous_commit = local;
       CREATE TABLE ${HEARTBEAT_TABLE} (id int PRIMARY KEY, term bigint NOT NULL, beat timestamptz NOT NULL)`,
    );
    folder = await mkdtemp(join(tmpdir(), 'heartbeat-'));
    await writeFile(join(folder, 'superuser-password'), server.password);
    const settings = {
      ...{ credentialsDir: folder, confDir: folder },
      ...{ socketDir: server.host, postgresPort: server.port },
    };
    const machine = {
      ...{ settings, record: { role: 'primary', term: 1 }, settled: true, leave: 'run', servingTerm: 0 },
      ...{ process: { alive: () => true }, sample: null, ruleInForce: null, ruleProven: null },
    } as unknown as Machine;
    beating = beat(machine, () => undefined, end.signal, GIVEN_UP_AFTER_MS);
  });

  after(async () => {
    end.abort();
    await beating;
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('leaves no more than one commit behind, so that it never takes the connections of those who could help', async () => {
    const seen = new Set<number>();
    const look = async (): Promise<number> => {
      const rows = await server.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'INSERT INTO ${HEARTBEAT_TABLE} %'`,
      );
      for (const { pid } of rows) seen.add(pid);
      return rows.length;
    };
    const counts: number[] = [];
    await eventually(
      async () => {
        counts.push(await look());
        expect(seen.size).to.be.at.least(5);
      },
      { withinMs: timeouts.soonMs, everyMs: 20 },
    );
    expect(Math.max(...counts)).to.be.at.most(2);
  });
});

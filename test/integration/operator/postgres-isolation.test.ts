import { expect } from 'chai';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

/** What the design promises: from the moment both are gone. */
const FENCED_WITHIN_MS = 5000;

describe('a real primary that is cut off', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let primary: SetMember;
  const within = { withinMs: timeouts.steadyStateMs / 2 };

  before(async () => {
    set = await startPostgresSet();
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await eventually(() => expect(operator.routed('pg-ro')).to.have.length(2), within);
    primary = set.member(operator.status().primary ?? '');
    // From here on nobody tells it anything.
    await operator.stop();
  });

  after(() => set.close());

  it('goes on without the API server while a standby acknowledges', async () => {
    set.apiServer.close();
    const client = await set.connect(primary.name);
    const startedMs = performance.now();
    let writes = 0;
    while (performance.now() - startedMs < FENCED_WITHIN_MS + 1000) {
      await client.query('CREATE TABLE IF NOT EXISTS went_on ()');
      await client.query('INSERT INTO went_on DEFAULT VALUES');
      writes += 1;
    }
    await client.end();
    expect(writes).to.be.greaterThan(10);
    expect(await primary.status()).to.include({ role: 'primary', postgres: 'running' });
  });

  it('stops itself within 5 s once both standbys are gone as well', async () => {
    const standbys = set.members.filter(({ name }) => name !== primary.name);
    await Promise.all(standbys.map((member) => member.kill()));
    const goneMs = performance.now();
    await eventually(async () => expect(await primary.status()).to.include({ postgres: 'stopped' }), {
      withinMs: timeouts.soonMs,
      everyMs: 50,
    });
    expect(performance.now() - goneMs).to.be.lessThan(FENCED_WITHIN_MS);
    expect((await primary.status()).lastError).to.include('no standby acknowledges');
  });

  it('votes nevertheless, stopped as it is: it holds all that it ever acknowledged', async () => {
    const { term } = await primary.status();
    await primary.command({ kind: 'freeze', term: term + 1 });
    await eventually(async () => expect((await primary.status()).vote).to.include({ complete: true }), {
      withinMs: timeouts.soonMs,
    });
  });
});

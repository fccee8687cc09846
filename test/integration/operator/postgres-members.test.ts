import { expect } from 'chai';
import type pg from 'pg';
import type { Quorum } from '../../../operator/postgres/quorum.ts';
import { startLedger } from '../../load/postgres-ledger.ts';
import type { Ledger } from '../../load/postgres-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { connectWriter, startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import type { SetMember } from '../../support/postgres-member.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { timeouts } from '../../support/timeouts.ts';

const three = ['pg-0', 'pg-1', 'pg-2'];
const five = [...three, 'pg-3', 'pg-4'];

describe('a set of real Postgres servers whose number of members changes while writers write', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let ledger: Ledger;

  const writable = (): Promise<pg.Client> => connectWriter(set, operator);

  const primary = (): SetMember => set.member(operator.status().primary ?? '');
  const quorum = (): Quorum | undefined => operator.status().quorum;

  const healthy = (voters: readonly string[]) =>
    eventually(
      () => {
        const { phase, ready, ballot } = operator.status();
        expect(`${phase} ${ready} ${ballot?.stage}`).to.equal(
          `Healthy ${voters.length}/${voters.length} serving`,
        );
        const { votes, acks, ...rest } = quorum() ?? { voters: three, votes: 2, acks: 1 };
        expect(rest.voters).to.deep.equal(voters);
        expect({ votes, acks }).to.deep.equal({
          votes: (voters.length + 1) / 2,
          acks: (voters.length - 1) / 2,
        });
      },
      { withinMs: timeouts.steadyStateMs / 2 },
    );

  const acknowledged = async (more: number): Promise<void> => {
    const from = ledger.acked();
    await eventually(() => expect(ledger.acked()).to.be.at.least(from + more), {
      withinMs: timeouts.outageMs,
    });
  };

  /** Kills the primary the moment the quorum is in the middle of a change; says where that was. */
  const killAtStep = (isStep: (now: Quorum) => boolean): Promise<Quorum> =>
    eventually(
      () => {
        const now = quorum();
        if (!now || !isStep(now)) throw new Error(`quorum is ${JSON.stringify(now)}`);
        primary().killPostmaster();
        return now;
      },
      { withinMs: timeouts.steadyStateMs / 2, everyMs: 2 },
    );

  const rulesOf = (names: readonly string[]): Promise<string[]> =>
    Promise.all(
      names.map(async (name) => {
        const client = await set.connect(name);
        const { rows } = await client.query<{ rule: string }>(
          "SELECT current_setting('synchronous_standby_names') AS rule",
        );
        await client.end();
        return rows[0]?.rule ?? '';
      }),
    );
  const ruleAt = (name: string, all: readonly string[]): string =>
    `ANY ${(all.length - 1) / 2} (${all
      .filter((other) => other !== name)
      .map((other) => `"${other}:${operator.status().ballot?.term}"`)
      .join(', ')})`;
  const rulesAre = (names: readonly string[], all: readonly string[]) =>
    eventually(async () => expect(await rulesOf(names)).to.deep.equal(names.map((n) => ruleAt(n, all))), {
      withinMs: timeouts.soonMs,
    });

  before(async () => {
    set = await startPostgresSet({ more: ['pg-3', 'pg-4', 'pg-read-0'] });
    for (const name of three) set.member(name).startAgent();
    operator = startLocalOperator(set);
    await healthy(three);
    ledger = await startLedger({ connect: writable });
    await acknowledged(50);
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  it('grows to five voters, though the primary is killed -9 between two steps', async () => {
    for (const name of ['pg-3', 'pg-4']) set.member(name).startAgent();
    operator.editSpec({ members: 5 });
    const step = await killAtStep(({ votes }) => votes === 4);
    expect(step.voters).to.deep.equal(five);
    await healthy(five);
    await acknowledged(50);
  });

  it('has the commit rule of five on every member before it may be promoted', () => rulesAre(five, five));

  it('goes on with three of five: the primary and a standby are lost at once', async () => {
    const lost = [primary(), set.member(five.find((name) => name !== primary().name) ?? '')];
    const { term = 0 } = operator.status().ballot ?? {};
    await Promise.all(lost.map((member) => member.kill()));
    await eventually(
      () => {
        expect(operator.status().ballot?.term).to.be.above(term);
        expect(operator.status().ballot?.stage).to.equal('serving');
      },
      { withinMs: timeouts.outageMs },
    );
    await acknowledged(50);
    for (const member of lost) member.startAgent();
    await healthy(five);
  });

  it('sends readers to a read replica, whose word counts for no commit', async () => {
    set.member('pg-read-0').startAgent();
    operator.editSpec({ readReplicas: 1 });
    await eventually(() => expect(operator.routed('pg-ro')).to.include('pg-read-0'), {
      withinMs: timeouts.steadyStateMs / 2,
    });
    await eventually(
      () => expect(operator.status()).to.include({ readReplicas: '1/1', sync: '4/4', phase: 'Healthy' }),
      { withinMs: timeouts.soonMs },
    );
    await rulesAre(five, five);
  });

  it('shrinks to three voters, though the primary is killed -9 between two steps', async () => {
    operator.editSpec({ members: 3 });
    const step = await killAtStep(({ voters, acknowledgers }) => voters.length > acknowledgers.length);
    expect(step).to.deep.include({ voters: five, votes: 3, acknowledgers: three, acks: 2 });
    await healthy(three);
    expect(three).to.include(primary().name);
    await rulesAre(three, three);
    await acknowledged(50);
  });

  it('needs nobody but the three from then on', async () => {
    await Promise.all(['pg-3', 'pg-4'].map((name) => set.member(name).kill()));
    const { term = 0 } = operator.status().ballot ?? {};
    primary().killPostmaster();
    await eventually(() => expect(operator.status().ballot?.term).to.be.above(term), {
      withinMs: timeouts.outageMs,
    });
    await healthy(three);
    await eventually(() => expect(operator.routed('pg-ro')).to.include('pg-read-0'), {
      withinMs: timeouts.steadyStateMs / 2,
    });
  });

  it('lost none of the acknowledged writes through all of it', async () => {
    const client = await writable();
    const report = await ledger.finish(client);
    await client.end();
    expect(report).to.include({ lost: 0, duplicated: 0, backwards: 0 });
    expect(report.acked).to.be.greaterThan(300);
  });
});

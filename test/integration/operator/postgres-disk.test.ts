import { join } from 'node:path';
import { expect } from 'chai';
import { startLedger } from '../../load/postgres-ledger.ts';
import type { Ledger } from '../../load/postgres-ledger.ts';
import { eventually } from '../../support/eventually.ts';
import { startLocalOperator } from '../../support/postgres-operator.ts';
import type { LocalOperator } from '../../support/postgres-operator.ts';
import { startPostgresSet } from '../../support/postgres-set.ts';
import type { PostgresSet } from '../../support/postgres-set.ts';
import { emptyVolume, fillVolume } from '../../support/small-volume.ts';
import { timeouts } from '../../support/timeouts.ts';

const SMALL = 'pg-2';
/** Less than the agent wants, more than the next two segments of WAL take. */
const SCARCE_MIB = 40;

describe('a set of three real Postgres servers of which one has a small disk', function () {
  this.timeout(timeouts.steadyStateMs);
  let set: PostgresSet;
  let operator: LocalOperator;
  let ledger: Ledger;
  const within = { withinMs: timeouts.steadyStateMs / 2 };

  const condition = () => operator.status().conditions?.find(({ type }) => type === 'DiskPressure');
  const volume = (): string => join(set.member(SMALL).folder, 'volume');
  const term = (): number => operator.status().term ?? 0;
  const complete = () =>
    eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving' });
      expect(operator.routed('pg-ro')).to.have.length(2);
      expect(condition()).to.include({ status: 'False' });
    }, within);

  const handOver = async (to: string, id: string): Promise<void> => {
    operator.editSpec({ switchover: { to, id } });
    await eventually(() => expect(operator.routed('pg-rw')).to.deep.equal([to]), within);
    await complete();
  };

  before(async () => {
    set = await startPostgresSet({ volumesMib: { [SMALL]: 600 } });
    for (const member of set.members) member.startAgent();
    operator = startLocalOperator(set);
    await complete();
    ledger = await startLedger({ connect: () => set.connect(operator.routed('pg-rw')[0] ?? '') });
  });

  after(async () => {
    await operator.stop();
    await set.close();
  });

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return;
    process.stdout.write(`${JSON.stringify(operator.status().ballot)}\n`);
    for (const member of set.members) {
      process.stdout.write(`${member.name}:\n${await member.lastWords()}\n`);
    }
  });

  it('names the standby that is full, reads from it no more, and elects another', async () => {
    await fillVolume(volume(), SCARCE_MIB);
    await eventually(() => {
      expect(condition()).to.include({ status: 'True', reason: 'VolumeFull' });
      expect(condition()?.message).to.include(SMALL).and.not.to.include('pg-1');
      expect(operator.routed('pg-ro')).to.deep.equal(['pg-1']);
    }, within);
    const before = term();
    set.member('pg-0').killPostmaster();
    // pg-1, or the former primary where the full one has received more than pg-1 has: it holds that as well.
    await eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving', term: before + 1 });
      expect(operator.status().primary).to.not.equal(SMALL);
    }, within);
    await emptyVolume(volume());
    await complete();
  });

  it('hands over from a primary whose disk runs full before it ends', async () => {
    await handOver(SMALL, 'to the small one');
    const before = term();
    await fillVolume(volume(), SCARCE_MIB);
    await eventually(() => {
      expect(operator.status().ballot).to.include({ stage: 'serving', term: before + 1 });
      expect(operator.status().primary).to.not.equal(SMALL);
      expect(operator.status().history?.[0]?.cause).to.include(`the disk of ${SMALL} is full`);
    }, within);
    await emptyVolume(volume());
    await complete();
  });

  it('fails over from a primary whose disk takes no WAL from one moment to the next, and heals when there is room', async () => {
    await handOver(SMALL, 'to the small one again');
    const before = term();
    await fillVolume(volume(), 0);
    await eventually(() => {
      expect(operator.status().ballot?.stage).to.equal('serving');
      expect(term()).to.be.greaterThan(before);
      expect(operator.status().primary).to.not.equal(SMALL);
    }, within);
    await emptyVolume(volume());
    await complete();
    expect((await set.member(SMALL).status()).rejoin?.method).to.not.equal('clone');
  });

  it('lost none of the acknowledged writes through all of it', async () => {
    const client = await set.connect(operator.routed('pg-rw')[0] ?? '');
    const report = await ledger.finish(client);
    await client.end();
    expect(report).to.include({ lost: 0, duplicated: 0, backwards: 0 });
  });
});

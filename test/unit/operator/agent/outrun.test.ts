import { expect } from 'chai';
import { createOutrunWatch } from '../../../../operator/agent/outrun.ts';
import type { PromiseRecord } from '../../../../operator/agent/rules.ts';
import type { Machine } from '../../../../operator/agent/state.ts';
import { silentLogger } from '../../../../operator/runtime/log.ts';

const record = { term: 3, role: 'standby', primary: 'pg-1', data: 'whole', lineage: [], pending: null };
const sample = { inRecovery: true, lsn: '0/3000', walReceiverStreaming: false };

/** A standby that receives nothing, and a source whose answer the test gives. */
function silentStandby(changes: object = {}) {
  const answers: ((isHeld: boolean) => void)[] = [];
  const machine = {
    ...{ record, sample, upstream: { member: 'pg-1', address: null }, outrunTerm: 0, lastError: null },
    ...{ log: silentLogger, settings: {}, file: { save: () => undefined } },
    ...changes,
  } as unknown as Machine;
  const holds = () => new Promise<boolean>((resolve) => answers.push(resolve));
  const watch = createOutrunWatch({ machine, holds, wake: () => undefined });
  const answer = async (isHeld: boolean): Promise<void> => {
    answers.at(-1)?.(isHeld);
    await new Promise(setImmediate);
  };
  return { machine, watch, answer, asked: () => answers.length };
}

describe('a standby that receives nothing', () => {
  it('asks its source after some seconds, and again while it waits, never twice at a time', async () => {
    const { watch, answer, asked } = silentStandby();
    watch.look(0);
    watch.look(4_900);
    expect(asked()).to.equal(0);
    watch.look(5_000);
    watch.look(20_000);
    expect(asked()).to.equal(1);
    await answer(true);
    watch.look(20_250);
    expect(asked()).to.equal(2);
  });

  it('waits to be replaced once the source says that what comes next is gone', async () => {
    const { machine, watch, answer } = silentStandby();
    watch.look(0);
    watch.look(5_000);
    await answer(false);
    expect(machine).to.include({ outrunTerm: 3 });
    expect(machine.record.pending).to.deep.equal({ lineage: [], mayReplaceData: false });
    expect(machine.lastError).to.include('0/3000').and.to.include('pg-1');
  });

  it('goes on as it was when the source has it', async () => {
    const { machine, watch, answer } = silentStandby();
    watch.look(0);
    watch.look(5_000);
    await answer(true);
    expect(machine).to.include({ outrunTerm: 0, lastError: null, record });
  });

  it('takes no answer for another promise than it asked for', async () => {
    const { machine, watch, answer } = silentStandby();
    watch.look(0);
    watch.look(5_000);
    const frozen = { ...record, term: 4, role: 'frozen' } as unknown as PromiseRecord;
    machine.record = frozen;
    await answer(false);
    expect(machine).to.include({ outrunTerm: 0, record: frozen });
  });

  const others: readonly (readonly [string, object])[] = [
    ['streams', { sample: { ...sample, walReceiverStreaming: true } }],
    ['is told to receive from nobody', { upstream: null }],
    ['is frozen', { record: { ...record, role: 'frozen' } }],
    ['is compared already', { record: { ...record, pending: { lineage: [], mayReplaceData: false } } }],
    ['does not answer', { sample: null }],
  ];
  for (const [why, changes] of others) {
    it(`is none that ${why}`, () => {
      const { watch, asked } = silentStandby(changes);
      watch.look(0);
      watch.look(60_000);
      expect(asked()).to.equal(0);
    });
  }
});

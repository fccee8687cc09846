// Where the log of a former primary's new term begins. A standby that is promoted knows it from its vote; a former primary
// votes without running and learns it here, before Postgres can write a byte. Read from a server that is writable already
// it would be too low or too high, and one who holds less than another would win the vote against it.
import { extendLineage } from './lineage.ts';
import type { Lsn } from './lsn.ts';
import { isRecovered } from './rejoin.ts';
import { configure } from './rule-in-force.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import { readControlData } from './tools.ts';

/** Notes the end of the log as the beginning of the promised term. Rejects when it cannot be brought to its end. */
export async function beginTerm(machine: Machine, signal: AbortSignal): Promise<void> {
  const planned = machine.record;
  const startLsn = machine.process.alive() ? endReplayed(machine) : await endRecovered(machine, signal);
  // What was planned for a promise that is over is planned anew.
  if (machine.record !== planned) return;
  const { term, lineage } = planned;
  commit(machine, { ...planned, lineage: extendLineage(lineage, { term, startLsn }) });
}

/** It handed over, ran as a standby since, and is about to be promoted like one. */
function endReplayed({ sample }: Machine): Lsn {
  if (!sample?.replayLsn) throw new Error('begin term: the end of the log is not known');
  return sample.replayLsn;
}

/** Of a stopped server: the record that recovery ends with. All that was acknowledged in former terms is before it. */
async function endRecovered(machine: Machine, signal: AbortSignal): Promise<Lsn> {
  configure(machine, null);
  if (!(await isRecovered(machine, signal))) {
    machine.failedStarts += 1;
    throw new Error('begin term: crash recovery failed');
  }
  const control = await readControlData(machine.settings);
  if (!control) throw new Error('begin term: no control file');
  machine.control = control;
  return control.checkpointLsn;
}

// A member that somebody promoted by hand. It is stopped at once, its log is brought to its end, and what it wrote past
// the fork is counted and kept on the volume until the operator has written it down and allows the way back. What
// cannot be counted is not thrown away.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setStandbySignal } from './config-files.ts';
import { extendLineage, relate } from './lineage.ts';
import type { Lineage } from './lineage.ts';
import { compareLsn, lsnDistance } from './lsn.ts';
import type { Lsn } from './lsn.ts';
import type { Fork } from './protocol.ts';
import { bytesPast, isRecovered, replace } from './rejoin.ts';
import { configure } from './rule-in-force.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import { stop } from './steps.ts';
import { readControlData } from './tools.ts';

/** Stands in a lineage for what nobody's term wrote; no primary's lineage has it. */
const BY_HAND = 0;

/** Where a timeline began, from its history file: the last line is the step onto it. Null when it tells nothing. */
export function switchPoint(history: string): Lsn | null {
  const steps = history
    .split('\n')
    .flatMap((line) => /^\s*\d+\s+([0-9A-F]+\/[0-9A-F]+)/.exec(line)?.[1] ?? []);
  return steps.at(-1) ?? null;
}

export interface Ended {
  readonly timeline: number;
  /** Where the timeline began; null when that is unknown. */
  readonly switchLsn: Lsn | null;
  /** End of the log; null when it could not be brought to its end. */
  readonly endLsn: Lsn | null;
}

/** Counts what came after the promotion. A timeline that began before the set's last term is not the hand's. */
export function countFork({ timeline, switchLsn, endLsn }: Ended, lineage: Lineage): Fork {
  const known = lineage.at(-1)?.startLsn;
  const isByHand = switchLsn !== null && (known === undefined || compareLsn(switchLsn, known) >= 0);
  const forkLsn = isByHand ? switchLsn : null;
  const bytes = forkLsn === null || endLsn === null ? null : Math.max(0, lsnDistance(forkLsn, endLsn));
  return { timeline, forkLsn, endLsn, bytes };
}

/** The lineage of a log that left its set at `forkLsn`. */
export function forkedLineage(lineage: Lineage, forkLsn: Lsn): Lineage {
  return extendLineage(lineage, { term: BY_HAND, startLsn: forkLsn });
}

export async function noteFork(machine: Machine, signal: AbortSignal): Promise<void> {
  const { settings, log } = machine;
  log.error({ term: machine.record.term }, 'promoted by hand: stopping Postgres');
  if (machine.process.alive()) await stop(machine, 'immediate');
  // Recovered as the primary it was made into: as a standby it would wait for somebody to send more.
  configure(machine, null);
  setStandbySignal(settings, false);
  const whole = await isRecovered(machine, signal);
  const control = await readControlData(settings);
  const timeline = control?.timeline ?? 0;
  const endLsn = whole && control ? control.checkpointLsn : null;
  const switchLsn = switchPoint(await readHistory(settings.pgdata, timeline));
  const { record } = machine;
  const fork = countFork({ timeline, switchLsn, endLsn }, record.lineage);
  machine.control = control;
  machine.lastError = `promoted by hand in term ${record.term}`;
  log.error({ ...fork }, 'promoted by hand: counted, kept');
  // No permission to replace data that was given before this was known counts.
  commit(machine, { ...record, data: 'forked', fork, pending: null });
}

async function readHistory(pgdata: string, timeline: number): Promise<string> {
  const name = `${timeline.toString(16).toUpperCase().padStart(8, '0')}.history`;
  return readFile(join(pgdata, 'pg_wal', name), 'utf8').catch(() => '');
}

/** The operator knows what goes. Rewound where its log can be told from the primary's, otherwise cloned. */
export async function replaceFork(machine: Machine, signal: AbortSignal): Promise<void> {
  const { fork, lineage, pending } = machine.record;
  if (!pending || !fork || fork.forkLsn === null || fork.endLsn === null) {
    throw new Error('promoted by hand, and what it wrote could not be counted: data kept');
  }
  const relation = relate(forkedLineage(lineage, fork.forkLsn), fork.endLsn, pending.lineage);
  const isRelated = relation.kind === 'diverged';
  const discardedBytes = isRelated ? bytesPast(relation.forkLsn, fork.endLsn) : fork.bytes;
  await replace(machine, { rewindable: isRelated && relation.rewindable, discardedBytes }, signal);
}

// The way back under a new primary: just follow when the log here is a beginning of the primary's, else rewind,
// else clone. What is thrown away is counted first, and data is only replaced when the operator allowed it.
import { hasStandbySignal, setStandbySignal } from './config-files.ts';
import { lossOfStopped, relate } from './lineage.ts';
import type { Loss } from './lineage.ts';
import { lsnDistance } from './lsn.ts';
import type { Lsn } from './lsn.ts';
import type { Rejoin } from './protocol.ts';
import type { PromiseRecord } from './rules.ts';
import { configure, sourceOf } from './rule-in-force.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import { stop } from './steps.ts';
import { checkpointSource } from './source.ts';
import { copyBeside, putCopyInPlace, readControlData, recoverAlone, rewind } from './tools.ts';

/** How often Postgres may fail to recover what is on the volume before that counts as lost. */
const RECOVERY_TRIES = 3;

/** Each one reads the primary's whole database, also one that fails at its end. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;
export const NO_FAILED_CLONES: Machine['failedClones'] = { count: 0, pauseUntilMs: 0 };

/** A running standby that receives nothing and has replayed all it has. */
export async function compareLogs(machine: Machine, signal: AbortSignal): Promise<void> {
  const { record, sample } = machine;
  if (!record.pending || !sample?.replayLsn) return;
  const relation = relate(record.lineage, sample.replayLsn, record.pending.lineage);
  if (relation.kind === 'prefix') {
    adopt(machine, record, { method: 'follow', discardedBytes: 0 });
    return;
  }
  await stop(machine, 'fast');
  const forkLsn = relation.kind === 'diverged' ? relation.forkLsn : null;
  const rewindable = relation.kind === 'diverged' && relation.rewindable;
  await replace(machine, { rewindable, discardedBytes: bytesPast(forkLsn, sample.lsn) }, signal);
}

/** A former primary, stopped. Its log is brought to its end first, so that what goes is known to the byte. */
export async function compareStopped(machine: Machine, signal: AbortSignal): Promise<void> {
  const { record, settings } = machine;
  configure(machine, null);
  setStandbySignal(settings, false);
  if (!(await isRecovered(machine, signal))) {
    machine.failedRecoveries += 1;
    // What is only in the way for a moment (a process that is still ending, no memory) must not cost the whole copy.
    if (machine.failedRecoveries < RECOVERY_TRIES) throw new Error('crash recovery failed: trying again');
    await rejoinByClone(machine, signal);
    return;
  }
  machine.failedRecoveries = 0;
  const control = await readControlData(settings);
  if (!record.pending || !control) return;
  const loss = lossOfStopped(record, control.checkpointLsn, record.pending.lineage);
  if (loss) {
    await replace(machine, loss, signal);
    return;
  }
  setStandbySignal(settings, true);
  adopt(machine, record, { method: 'follow', discardedBytes: 0 });
}

/** Whether its log is at its end now; false when Postgres cannot recover what is on the volume. */
export async function isRecovered(machine: Machine, signal: AbortSignal): Promise<boolean> {
  const { settings, log } = machine;
  await machine.process.clearAway();
  if ((await readControlData(settings))?.state === 'shut down') return true;
  try {
    await recoverAlone(settings, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    log.warn({ error: String(error) }, 'crash recovery failed');
    return false;
  }
}

/** Nothing usable is here. */
export async function rejoinByClone(machine: Machine, signal: AbortSignal): Promise<void> {
  await replace(machine, { rewindable: false, discardedBytes: null }, signal);
}

export async function replace(machine: Machine, loss: Loss, signal: AbortSignal): Promise<void> {
  configure(machine, null);
  if (loss.rewindable && (await tryRewind(machine, loss.discardedBytes, signal))) return;
  const { record, settings } = machine;
  const { pending, primary } = record;
  if (!pending || primary === null) return;
  if (record.data !== 'empty' && !pending.mayReplaceData) {
    throw new Error('clone needed, but no other healthy copy is known: data kept');
  }
  machine.task = `clone from ${primary}`;
  try {
    await copyBeside(settings, sourceOf(record, primary), signal);
    // Said to be whole while it is exchanged, it would be taken for one that was promoted by hand, and kept for ever.
    commit(machine, { ...machine.record, data: 'torn' });
    await putCopyInPlace(settings);
    setStandbySignal(settings, true);
    adopt(machine, record, { method: 'clone', discardedBytes: loss.discardedBytes });
  } catch (error) {
    if (!neverConnected(String(error))) machine.failedClones = oneMore(machine.failedClones);
    throw error;
  } finally {
    machine.task = null;
  }
}

function oneMore({ count }: Machine['failedClones']): Machine['failedClones'] {
  const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** count, LONGEST_PAUSE_MS);
  return { count: count + 1, pauseUntilMs: performance.now() + pauseMs };
}

async function tryRewind(
  machine: Machine,
  discardedBytes: number | null,
  signal: AbortSignal,
): Promise<boolean> {
  const { settings, record, log } = machine;
  if (record.primary === null) return false;
  const source = sourceOf(record, record.primary);
  const wasStandby = hasStandbySignal(settings);
  machine.task = `rewind from ${record.primary}`;
  try {
    // Rejects while the primary cannot be reached: that is tried again, for a clone could not reach it either.
    await checkpointSource(settings, source);
    // What was planned for a term that is over is planned anew.
    if (machine.record.term !== record.term) throw new Error(`rewind: term ${record.term} is over`);
    commit(machine, { ...machine.record, data: 'torn' });
    // Not there while pg_rewind runs crash recovery: it would wait for a primary.
    setStandbySignal(settings, false);
    const failure = await rewind(settings, source, signal).then(() => null, String);
    if (failure !== null && neverConnected(failure)) {
      // First: a standby's whole data without it would be taken for one that was promoted by hand.
      setStandbySignal(settings, wasStandby);
      commit(machine, { ...machine.record, data: record.data });
      throw new Error(failure);
    }
    if (failure !== null) {
      log.warn({ error: failure }, 'rewind failed');
      machine.lastError = failure;
      return false;
    }
    setStandbySignal(settings, true);
    adopt(machine, record, { method: 'rewind', discardedBytes });
    return true;
  } finally {
    machine.task = null;
  }
}

/** Both connect before anything is read or changed: it is tried again at once, by whichever came first. */
const neverConnected = (failure: string): boolean => failure.includes('connection to server');

/**
 * The log here is now a beginning of the log of `planned`'s primary. Where the promise has moved on meanwhile, the next
 * comparison is with the newer primary, and it starts from this lineage.
 */
function adopt(
  machine: Machine,
  planned: PromiseRecord,
  { method, discardedBytes }: Pick<Rejoin, 'method' | 'discardedBytes'>,
): void {
  const { record } = machine;
  const lineage = planned.pending?.lineage ?? planned.lineage;
  const pending = record.term === planned.term ? null : record.pending;
  commit(machine, { ...record, data: 'whole', lineage, wroteTerm: null, pending, fork: null });
  machine.handedOver = false;
  machine.outrunTerm = 0;
  machine.failedClones = NO_FAILED_CLONES;
  const tookMs = Math.round(performance.now() - machine.rejoinStartedMs);
  machine.rejoin = { term: planned.term, method, discardedBytes, tookMs };
  machine.lastError = null;
  machine.log.info({ term: planned.term, primary: planned.primary, method, discardedBytes }, 'rejoined');
}

export function bytesPast(forkLsn: Lsn | null, endLsn: Lsn | null): number | null {
  if (forkLsn === null || endLsn === null) return null;
  return Math.max(0, lsnDistance(forkLsn, endLsn));
}

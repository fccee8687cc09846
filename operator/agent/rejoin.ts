// The way back under a new primary: just follow when the log here is a beginning of the primary's, else rewind,
// else clone. What is thrown away is counted first, and data is only replaced when the operator allowed it.
import { setStandbySignal, writeConfig } from './config-files.ts';
import { lossOfStopped, relate } from './lineage.ts';
import type { Loss } from './lineage.ts';
import { lsnDistance } from './lsn.ts';
import type { Lsn } from './lsn.ts';
import type { Rejoin } from './protocol.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';
import { stop } from './steps.ts';
import { checkpointSource } from './source.ts';
import { clone, readControlData, recoverAlone, rewind } from './tools.ts';

/** A running standby that receives nothing and has replayed all it has. */
export async function compareLogs(machine: Machine, signal: AbortSignal): Promise<void> {
  const { record, sample } = machine;
  if (!record.pending || !sample?.replayLsn) return;
  const relation = relate(record.lineage, sample.replayLsn, record.pending.lineage);
  if (relation.kind === 'prefix') {
    adopt(machine, 'follow', 0);
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
  writeConfig(settings, null);
  setStandbySignal(settings, false);
  if (!(await isRecovered(machine, signal))) {
    await rejoinByClone(machine, signal);
    return;
  }
  const control = await readControlData(settings);
  if (!record.pending || !control) return;
  const loss = lossOfStopped(record, control.checkpointLsn, record.pending.lineage);
  if (loss) {
    await replace(machine, loss, signal);
    return;
  }
  setStandbySignal(settings, true);
  adopt(machine, 'follow', 0);
}

/** Whether its log is at its end now; false when Postgres cannot recover what is on the volume. */
export async function isRecovered({ settings, log }: Machine, signal: AbortSignal): Promise<boolean> {
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
  writeConfig(machine.settings, null);
  if (loss.rewindable && (await tryRewind(machine, loss.discardedBytes, signal))) return;
  const { record, settings } = machine;
  const { pending, primary } = record;
  if (!pending || primary === null) return;
  if (record.data !== 'empty' && !pending.mayReplaceData) {
    throw new Error('clone needed, but no other healthy copy is known: data kept');
  }
  machine.task = `clone from ${primary}`;
  try {
    await clone(settings, primary, signal);
    setStandbySignal(settings, true);
    adopt(machine, 'clone', loss.discardedBytes);
  } finally {
    machine.task = null;
  }
}

async function tryRewind(machine: Machine, discarded: number | null, signal: AbortSignal): Promise<boolean> {
  const { settings, record, log } = machine;
  if (record.primary === null) return false;
  machine.task = `rewind from ${record.primary}`;
  commit(machine, { ...record, data: 'torn' });
  // Not there while pg_rewind runs crash recovery: it would wait for a primary.
  setStandbySignal(settings, false);
  try {
    await checkpointSource(settings, record.primary);
    await rewind(settings, record.primary, signal);
    setStandbySignal(settings, true);
    adopt(machine, 'rewind', discarded);
    return true;
  } catch (error) {
    log.warn({ error: String(error) }, 'rewind failed');
    machine.lastError = String(error);
    return false;
  } finally {
    machine.task = null;
  }
}

/** The log here is now a beginning of the primary's. The promise may have moved on meanwhile: only ours is changed. */
function adopt(machine: Machine, method: Rejoin['method'], discardedBytes: number | null): void {
  const { record } = machine;
  const lineage = record.pending?.lineage ?? record.lineage;
  commit(machine, { ...record, data: 'whole', lineage, wroteTerm: null, pending: null, fork: null });
  const tookMs = Math.round(performance.now() - machine.rejoinStartedMs);
  machine.rejoin = { term: record.term, method, discardedBytes, tookMs };
  machine.lastError = null;
  machine.log.info({ term: record.term, primary: record.primary, method, discardedBytes }, 'rejoined');
}

export function bytesPast(forkLsn: Lsn | null, endLsn: Lsn | null): number | null {
  if (forkLsn === null || endLsn === null) return null;
  return Math.max(0, lsnDistance(forkLsn, endLsn));
}

// A standby that was away for longer than its primary keeps WAL: it asks for a segment that is gone, again and again, and
// only Postgres' log would tell. So who receives nothing for some seconds asks the primary for that segment, beside the
// loop, which must be free to vote. Its data stays whole, and its vote counts, until the operator lets it be cloned.
import type { Lsn } from './lsn.ts';
import type { Settings, Source } from './settings.ts';
import { commit } from './state.ts';
import type { Machine } from './state.ts';

export interface OutrunWatch {
  /** Called with every turn of the loop. Never waits, never throws. */
  look(nowMs: number): void;
}

export interface OutrunParts {
  readonly machine: Machine;
  /** Whether the source has the WAL after `lsn`. */
  readonly holds: (settings: Settings, source: Source, lsn: Lsn) => Promise<boolean>;
  /** Called when something was found. */
  readonly wake: () => void;
}

/** Longer than any reconnect takes; and how often it is asked again while nothing comes. */
const SILENT_MS = 5_000;

export function createOutrunWatch({ machine, holds, wake }: OutrunParts): OutrunWatch {
  let silentSinceMs: number | null = null;
  let isAsking = false;
  const ask = async (source: Source, lsn: Lsn): Promise<void> => {
    const { record, settings, log } = machine;
    isAsking = true;
    try {
      const isHeld = await holds(settings, source, lsn);
      // What was asked for another promise, or before something came in, tells nothing.
      if (isHeld || machine.record !== record || machine.sample?.lsn !== lsn) return;
      machine.outrunTerm = record.term;
      machine.lastError = `the WAL after ${lsn} is gone at ${source.member}: waiting to be cloned`;
      log.warn({ lsn, source: source.member, term: record.term }, 'outrun');
      commit(machine, { ...record, pending: { lineage: record.lineage, mayReplaceData: false } });
      wake();
    } catch (error) {
      log.debug({ error: String(error) }, 'source not asked');
    } finally {
      isAsking = false;
    }
  };
  return {
    look: (nowMs) => {
      const waiting = waitsFor(machine);
      silentSinceMs = waiting === null ? null : (silentSinceMs ?? nowMs);
      if (waiting === null || silentSinceMs === null || isAsking || nowMs - silentSinceMs < SILENT_MS) return;
      silentSinceMs = nowMs;
      void ask(waiting.source, waiting.lsn);
    },
  };
}

/** From whom a standby that is in order gets nothing, and from where on. */
function waitsFor({ record, upstream, sample }: Machine): { source: Source; lsn: Lsn } | null {
  if (record.role !== 'standby' || record.data !== 'whole' || record.pending !== null) return null;
  if (upstream === null || !sample?.inRecovery || sample.walReceiverStreaming) return null;
  return sample.lsn === null ? null : { source: upstream, lsn: sample.lsn };
}

// Whose log is this? A lineage lists, oldest first, the terms whose primaries wrote a log and where each began.
// It orders logs where a timeline id cannot: two members promoted in different terms without knowing of each other
// choose the same timeline id, and the longer log of an older term may lack what a newer term acknowledged.
import { compareLsn, lsnDistance } from './lsn.ts';
import type { Lsn } from './lsn.ts';

export interface LineageEntry {
  readonly term: number;
  /** Where this term's primary began to write; everything before was written in earlier terms. */
  readonly startLsn: Lsn;
}

export type Lineage = readonly LineageEntry[];

/** The part of a source's lineage that a log which ends at `lsn` really holds. */
export function clipLineage(lineage: Lineage, lsn: Lsn): Lineage {
  return lineage.filter((entry) => compareLsn(entry.startLsn, lsn) <= 0);
}

/** The lineage of a log that goes on in another term from `startLsn`: without what its source wrote and it never received. */
export function extendLineage(lineage: Lineage, { term, startLsn }: LineageEntry): Lineage {
  return [...clipLineage(lineage, startLsn), { term, startLsn }];
}

/** The term that wrote the end of the log; 0 for a log nobody wrote. */
export function logTerm(lineage: Lineage, lsn: Lsn): number {
  return clipLineage(lineage, lsn).at(-1)?.term ?? 0;
}

export type Relation =
  /** My log is the beginning of theirs: following is enough. */
  | { readonly kind: 'prefix' }
  /** I hold WAL after `forkLsn` that they do not: it must be discarded, by pg_rewind if `rewindable`. */
  | { readonly kind: 'diverged'; readonly forkLsn: Lsn; readonly rewindable: boolean }
  /** Nothing in common: only a clone helps. */
  | { readonly kind: 'foreign' };

/** How a log of lineage `mine` that ends at `lsn` relates to the log of a primary of lineage `theirs`. */
export function relate(mine: Lineage, lsn: Lsn, theirs: Lineage): Relation {
  const held = clipLineage(mine, lsn);
  const common = held.findLastIndex((entry) => theirs.some(({ term }) => term === entry.term));
  const shared = held[common];
  if (!shared) return { kind: 'foreign' };
  const theirNext = theirs[theirs.findIndex(({ term }) => term === shared.term) + 1];
  const myNext = held[common + 1];
  if (!myNext) {
    if (!theirNext || compareLsn(lsn, theirNext.startLsn) <= 0) return { kind: 'prefix' };
    return { kind: 'diverged', forkLsn: theirNext.startLsn, rewindable: true };
  }
  const forkLsn = earlier(myNext.startLsn, theirNext?.startLsn);
  // Both left the common log at the same byte: Postgres gave both the same timeline id and the same history, and
  // pg_rewind would take them for one log.
  return { kind: 'diverged', forkLsn, rewindable: myNext.startLsn !== theirNext?.startLsn };
}

/** What must go before a former primary can follow. */
export interface Loss {
  /** Whether pg_rewind can do it; otherwise only a clone. */
  readonly rewindable: boolean;
  readonly discardedBytes: number | null;
}

/**
 * What a stopped former primary has to give up, or null when the new primary holds all of its log to the end of the
 * last checkpoint record, which is written when Postgres stops.
 */
export function lossOfStopped(
  mine: { readonly lineage: Lineage; readonly wroteTerm: number | null },
  checkpointLsn: Lsn,
  theirs: Lineage,
): Loss | null {
  const relation = relate(mine.lineage, checkpointLsn, theirs);
  const next = theirs.find(({ term }) => term > (mine.wroteTerm ?? 0));
  // The record begins before the fork: the new primary had it whole when it began to write.
  const isHeld = next !== undefined && compareLsn(checkpointLsn, next.startLsn) < 0;
  if (relation.kind === 'prefix' && isHeld) return null;
  const rewindable = relation.kind === 'prefix' || (relation.kind === 'diverged' && relation.rewindable);
  const discardedBytes = next ? Math.max(0, lsnDistance(next.startLsn, checkpointLsn)) : null;
  return { rewindable, discardedBytes };
}

function earlier(a: Lsn, b: Lsn | undefined): Lsn {
  return b !== undefined && compareLsn(b, a) < 0 ? b : a;
}

// What happens to finished WAL segments, as pure functions. Only a primary whose commits are acknowledged archives:
// one that was elected but never served could otherwise leave a timeline in the repository that nobody continues and
// that the next primary, which cannot know of it, would have to use again.

/**
 * off: nothing is kept. hold: segments wait. push: into the repository. drop: given up, because more of them wait
 * than the disk is meant to hold.
 */
export type ArchiveMode = 'off' | 'hold' | 'push' | 'drop';

export interface ArchiveFacts {
  /** Primary, and a commit of this very term was acknowledged. */
  readonly serving: boolean;
  /** What earlier primaries did not get into the repository has been found and queued. */
  readonly caughtUp: boolean;
  readonly queueBytes: number;
  readonly limitBytes: number;
  readonly before: ArchiveMode;
  /** The repository answered since WAL was last given up. */
  readonly repositoryAnswers: boolean;
}

/** Of a member that has a repository. */
export function archiveMode(facts: ArchiveFacts): ArchiveMode {
  if (facts.queueBytes > facts.limitBytes) return 'drop';
  // A trickle of segments between long holes would be worth nothing: only once the repository is back.
  if (facts.before === 'drop' && !facts.repositoryAnswers) return 'drop';
  return facts.serving && facts.caughtUp ? 'push' : 'hold';
}

/** As in postgresql.conf. An empty command makes Postgres keep every segment and its place in the queue. */
export function archiveCommand(mode: ArchiveMode, push: string): string {
  if (mode === 'push') return push;
  return mode === 'hold' ? '' : '/bin/true';
}

export const SEGMENT_BYTES = 16 * 1024 * 1024;
const SEGMENTS_PER_LOG = 0x1_0000_0000 / SEGMENT_BYTES;
const SEGMENT = /^[0-9A-F]{24}$/;

export interface Missing {
  /** Segments held here that the repository has not. */
  readonly requeue: readonly string[];
  /** Some that it has not are not here either: recovery cannot pass that point. */
  readonly gap: boolean;
}

/**
 * What a new primary has to add to the archive: a standby marks what it receives as done, although its primary may
 * have died before it was archived.
 */
export function missingFromArchive(lastArchived: string | null, held: readonly string[]): Missing {
  const segments = held.filter((name) => SEGMENT.test(name)).sort();
  if (lastArchived === null || !SEGMENT.test(lastArchived)) return { requeue: [], gap: false };
  const requeue = segments.filter((name) => name > lastArchived);
  const oldest = segments.map(segmentNumber).sort((a, b) => a - b)[0];
  return { requeue, gap: oldest !== undefined && oldest > segmentNumber(lastArchived) + 1 };
}

/** Position of a segment in the log, whatever its timeline. */
export function segmentNumber(name: string): number {
  return Number.parseInt(name.slice(8, 16), 16) * SEGMENTS_PER_LOG + Number.parseInt(name.slice(16), 16);
}

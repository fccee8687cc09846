// What the operator and the agents say to each other. Every command carries a term; an agent that has promised a
// newer one refuses it. A command only changes what the agent has promised; the agent then works towards it and
// reports through its status, so commands may be lost, repeated or late without harm.
import type { ArchiveMode } from './backup/archive.ts';
import type { RestoreOrder } from './backup/backup-settings.ts';
import type { BackupRecord } from './backup/repository-info.ts';
import type { CommitRule, RuleProgress } from './commit-rule.ts';
import type { Lineage } from './lineage.ts';
import type { Lsn } from './lsn.ts';

export type Command =
  /** Make the first database of the set, empty or from a backup. Only on an empty volume. */
  | { readonly kind: 'bootstrap'; readonly term: number; readonly restore?: RestoreOrder }
  /** Promise `term`; receive and write nothing more; vote once the local WAL is replayed to its end. */
  | { readonly kind: 'freeze'; readonly term: number }
  /** Become the primary of the term that was frozen for. */
  | { readonly kind: 'promote'; readonly term: number; readonly rule?: CommitRule }
  | FollowCommand
  /** Acknowledge commits by this rule from now on; only the primary of the term. */
  | { readonly kind: 'require'; readonly term: number; readonly rule: CommitRule }
  /** Run again as the primary one already is. */
  | { readonly kind: 'start'; readonly term: number }
  /** Hand over at a calm moment and stop, staying the primary of the term: the first half of a switchover. */
  | { readonly kind: 'stop'; readonly term: number };

export interface FollowCommand {
  readonly kind: 'follow';
  readonly term: number;
  /** The member to follow. */
  readonly primary: string;
  /** Where its pod is; missing: found by its name. */
  readonly address?: string | null;
  readonly systemId: string;
  /** The primary's lineage, which says whether this member must rewind first. */
  readonly lineage: Lineage;
  /** Whether the data here may be replaced by a clone: never when it could be the last good copy. */
  readonly mayReplaceData: boolean;
  /** In time for the day it is promoted. */
  readonly rule?: CommitRule;
}

export type Role = 'none' | 'frozen' | 'primary' | 'standby';

/**
 * empty: no database. whole: a database that Postgres may start. torn: a rewind or an initdb did not finish.
 * foreign: a database that is not the one the promise is about. forked: somebody promoted it by hand, and what it
 * wrote since belongs to nobody's term.
 */
export type DataState = 'empty' | 'whole' | 'torn' | 'foreign' | 'forked';

/** What a member wrote after it was promoted by hand. It is kept until the operator has written it down. */
export interface Fork {
  readonly timeline: number;
  /** Where its log left the set's; null when it cannot be told. */
  readonly forkLsn: Lsn | null;
  readonly endLsn: Lsn | null;
  /** Bytes of log past the fork; null when they could not be counted: then nothing is thrown away. */
  readonly bytes: number | null;
}

export interface Vote {
  readonly term: number;
  /** The term that wrote the end of this log. */
  readonly logTerm: number;
  /** The end of the local WAL, replayed. For a stopped primary: where its last checkpoint was. */
  readonly lsn: Lsn;
  /** The log of the primary of `logTerm` itself: nobody can hold more of it. */
  readonly complete: boolean;
}

export interface StandbyView {
  readonly name: string;
  readonly state: string;
  readonly flushLsn: Lsn | null;
  readonly lagBytes: number | null;
}

export type PostgresState = 'stopped' | 'starting' | 'running' | 'stopping';

export interface AgentStatus {
  readonly name: string;
  /** Unique per start of the agent. */
  readonly bootId: string;
  /** Rises with every change of anything but the samples. */
  readonly term: number;
  readonly role: Role;
  /** Whom this member follows. */
  readonly primary: string | null;
  /** Where it looks for that one; missing from an agent that goes by names. */
  readonly primaryAddress?: string | null;
  readonly systemId: string | null;
  readonly data: DataState;
  readonly lineage: Lineage;
  /** Its log is not yet known to be a beginning of the primary's. */
  readonly pending: boolean;
  readonly postgres: PostgresState;
  /** Set once Postgres has ended by itself since the agent started it; cleared by the next start. */
  readonly crashed: boolean;
  readonly writable: boolean;
  /** End of the log: written (primary) or received and replayed (standby). */
  readonly lsn: Lsn | null;
  readonly replayLsn: Lsn | null;
  /** Whether WAL comes in from `primary`. */
  readonly streaming: boolean;
  readonly vote: Vote | null;
  /** The term in which a commit of this primary's own was last acknowledged by a standby; 0: none. */
  readonly servingTerm: number;
  /** Milliseconds since that acknowledgement; null without one. */
  readonly commitAgeMs: number | null;
  /** Milliseconds since Postgres last answered a query; null when it is not running. */
  readonly sqlAgeMs: number | null;
  readonly standbys: readonly StandbyView[];
  /** The pod is being shut down. */
  readonly terminating: boolean;
  /** What the agent is doing that takes time: clone, rewind, … */
  readonly task: string | null;
  readonly lastError: string | null;
  readonly rejoin: Rejoin | null;
  /** Set from the moment a promotion by hand was noticed until the member follows again. */
  readonly fork: Fork | null;
  /** Missing from an agent that knows no rules but the one of its environment. */
  readonly rule?: RuleProgress;
  /** Null without backups. */
  readonly backup: BackupStatus | null;
  /** Fingerprint of the passwords that this member dials with and, of a primary, that its roles have. */
  readonly passwords: string | null;
  /** The member's volume; null before the first look. */
  readonly disk: DiskView | null;
}

export interface DiskView {
  /** In steps, rounded down. */
  readonly freeMib: number;
  readonly totalMib: number;
  /** Too little for Postgres to go on with. */
  readonly full: boolean;
}

export interface BackupOrder {
  /** The operator's name for it, to recognize its end. */
  readonly id: string;
  readonly type: 'full' | 'incr';
}

/** How this member stands with backups; only what a serving primary says counts. */
export interface BackupStatus {
  /** Fingerprint of the settings it works with. */
  readonly settings: string;
  readonly mode: ArchiveMode;
  /** WAL that waits to be archived. */
  readonly queueBytes: number;
  /** Until when WAL was last given up: no point in time before it can be reached from a backup before it. */
  readonly gapAt: string | null;
  readonly archived: {
    readonly wal: string | null;
    readonly at: string | null;
    /** The last try failed. */
    readonly failing: boolean;
  } | null;
  readonly job: (BackupOrder & { readonly startedAt: string }) | null;
  readonly lastJob: (BackupOrder & { readonly error: string | null; readonly finishedAt: string }) | null;
  /** Whether the repository has been read since the agent started: only then does an empty list mean none. */
  readonly isRead: boolean;
  readonly backups: readonly BackupRecord[];
  readonly error: string | null;
}

/** How this member last came back, for the failover's record. */
export interface Rejoin {
  readonly term: number;
  readonly method: 'follow' | 'rewind' | 'clone';
  /** WAL past the fork that was thrown away; null when it could not be counted. */
  readonly discardedBytes: number | null;
  readonly tookMs: number;
}

export type CommandAnswer =
  | { readonly accepted: true; readonly term: number }
  | { readonly accepted: false; readonly term: number; readonly reason: string };

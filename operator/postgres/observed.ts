// What decide() is given: everything it may look at, as plain data, so that a table or a model checker can make it.
import type { RestoreOrder } from '../agent/backup/backup-settings.ts';
import type { AgentStatus, Command } from '../agent/protocol.ts';
import type { ForkEntry } from './forks.ts';
import type { Quorum } from './quorum.ts';

/**
 * bootstrap: the first database is being made. serving: `primary` is routed or about to be. stopping: it is being
 * stopped in order for a switchover. electing: votes for `term` are collected. promoting: `primary` won them.
 */
export type Stage = 'bootstrap' | 'serving' | 'stopping' | 'electing' | 'promoting';

/** The register in the custom resource, changed only by conditional updates: one winner per term. */
export interface Ballot {
  readonly term: number;
  readonly stage: Stage;
  readonly primary: string | null;
  /** Who was primary before. */
  readonly from: string | null;
  readonly cause: string | null;
  /** When the change of primary began, for people. */
  readonly startedAt: string | null;
}

/** up: heard within the last moment. refused: its address says no. gone: there is no pod. silent: nothing at all. */
export type Contact = 'up' | 'refused' | 'gone' | 'silent' | 'unknown';

export interface MemberView {
  readonly name: string;
  readonly contact: Contact;
  /** Where its pod is; null while there is none. */
  readonly address: string | null;
  /** Milliseconds since anything was last heard. */
  readonly silentMs: number;
  /** Milliseconds since its log was last seen to grow. */
  readonly walStillMs: number;
  /** Milliseconds for which it has been streaming without a break; 0 when it is not. */
  readonly streamingMs: number;
  /** The pod is being deleted, or the agent says so. */
  readonly leaving: boolean;
  /** Its StatefulSet has a newer template, which nobody else rolls out. */
  readonly outdated: boolean;
  /** The last word of its agent; of the past unless contact is up. */
  readonly status: AgentStatus | null;
}

export interface Observed {
  /** Who votes, and who shall: all in the order of their numbers. */
  readonly members: readonly MemberView[];
  /** Members that follow and nothing else. */
  readonly readers: readonly MemberView[];
  /** The members that shall vote. */
  readonly wanted: readonly string[];
  readonly quorum: Quorum;
  /** Milliseconds since this operator first saw the quorum as it is. */
  readonly quorumMs: number;
  readonly ballot: Ballot | null;
  readonly systemId: string | null;
  readonly paused: boolean;
  readonly switchover: { readonly to: string; readonly id: string } | null;
  readonly switchoverDone: string | null;
  /** "Promote this member in this term although votes are missing; data may be lost." */
  readonly allowDataLoss: { readonly term: number; readonly member: string } | null;
  /** What the first database is made from; null: from nothing. */
  readonly restore: RestoreOrder | null;
  /** What members wrote after they were promoted by hand, as far as it is written down. */
  readonly forks: readonly ForkEntry[];
  /** Milliseconds since this operator first saw the ballot as it is. */
  readonly stageMs: number;
  /** Wall clock, for the record only. */
  readonly now: string;
}

export type Action =
  /** Conditional update of the register. Nothing else of the pass counts when it is lost. */
  | {
      readonly do: 'write';
      readonly ballot: Ballot;
      readonly systemId: string | null;
      readonly switchoverDone: string | null;
      readonly quorum: Quorum;
    }
  | { readonly do: 'send'; readonly to: string; readonly command: Command }
  /** Delete the pod: its StatefulSet makes a new one from the newest template. */
  | { readonly do: 'replace'; readonly member: string };

export interface Decision {
  readonly actions: readonly Action[];
  readonly phase: Phase;
  /** Why nothing can be done, naming who is missing; null when nothing is in the way. */
  readonly blocked: string | null;
  /** Said when only this operator cannot reach the primary. */
  readonly connectivity: string | null;
}

export type Phase =
  | 'Pending'
  | 'Bootstrapping'
  | 'Healthy'
  | 'Degraded'
  | 'Scaling'
  | 'Suspect'
  | 'Electing'
  | 'Promoting'
  | 'Switchover'
  | 'Blocked'
  | 'Paused';

// Who must acknowledge a commit: pure. A set that was never scaled has the rule of its environment (version 0); each
// change of the number of members brings a rule with a higher version, which the operator records before it sends it.
// Only members that have promised the primary's term count: the term is a part of the name they receive WAL under.
import type { Settings } from './settings.ts';

export interface CommitRule {
  readonly version: number;
  /** Members whose acknowledgement counts; whoever is primary does not count itself. */
  readonly members: readonly string[];
  /** How many of them must have a commit besides the primary. */
  readonly acks: number;
}

/** A rule, and the term whose commits are acknowledged by it. */
export interface RuleOfTerm {
  readonly rule: CommitRule;
  readonly term: number;
}

/** Where a member stands with rules; versions, -1: none. */
export interface RuleProgress {
  /** What it was told last. */
  readonly promised: CommitRule;
  /** What every process of its Postgres goes by. */
  readonly inForce: number;
  /** Under which a commit of this primary's own was acknowledged in this term, and with it all of the log before. */
  readonly proven: number;
}

/** Acknowledgements that make a majority together with the primary. */
export function acknowledgements(memberCount: number): number {
  return Math.floor(memberCount / 2);
}

export function ruleFor({ members }: Settings, rule: CommitRule | null): CommitRule {
  return rule ?? { version: 0, members, acks: acknowledgements(members.length) };
}

/**
 * The application_name under which `member` receives WAL. One that missed an election may stream on from a primary that
 * was elected again where it is; acknowledged by it, commits would be counted as the former term's in the next vote, and
 * lost to anybody who has heard of the new term and holds none of them (decision 20).
 */
export function receiverName(member: string, term: number): string {
  return `${member}:${term}`;
}

/** The value of synchronous_standby_names on member `self`. */
export function standbyNames({ rule, term }: RuleOfTerm, self: string): string {
  const others = rule.members.filter((name) => name !== self);
  const names = others.map((name) => `"${receiverName(name, term)}"`);
  return `ANY ${rule.acks} (${names.join(', ')})`;
}

/** Whether what is gone by is what was promised. */
export function isSameRule(known: RuleOfTerm | null, promised: RuleOfTerm): boolean {
  return known?.rule.version === promised.rule.version && known.term === promised.term;
}

/** The newer of what was promised and what is said now. */
export function newerRule(known: CommitRule | null, said: CommitRule | undefined): CommitRule | null {
  return said && said.version > (known?.version ?? -1) ? said : known;
}

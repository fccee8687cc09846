// Who votes, who acknowledges, and how many of each: pure. A commit is on the primary and `acks` of `acknowledgers`; a
// primary is elected by `votes` of `voters`. Whatever is recorded, and whatever the primary still goes by, any two such
// groups must share a member: that one brings the commit to the vote. So a change is made in recorded steps, each safe
// under the rule before and the rule after, and the side that is made stricter is made so first.
import type { CommitRule } from '../agent/commit-rule.ts';

export interface Quorum {
  /** Raised by every step; 0: never changed, nothing recorded. */
  readonly version: number;
  readonly voters: readonly string[];
  readonly votes: number;
  readonly acknowledgers: readonly string[];
  readonly acks: number;
}

/** What a step may depend on. */
export interface QuorumFacts {
  readonly primary: string;
  /** Streams a whole copy that is nearly up to date, or is the primary; its agent knows commit rules. */
  readonly isReady: (name: string) => boolean;
  /**
   * In the present term the primary goes by the recorded commit rule and no other, and a commit of its own was
   * acknowledged under it. All that was ever acknowledged is before that commit in its log, so it is where the rule
   * says.
   */
  readonly isProven: boolean;
  /** The quorum has been as it is for long: what is missing will not come by itself. */
  readonly isLate: boolean;
}

/** Votes that make a majority of `count` members. */
export function quorumOf(count: number): number {
  return Math.floor(count / 2) + 1;
}

export function stableQuorum(names: readonly string[], version: number): Quorum {
  const votes = quorumOf(names.length);
  return { version, voters: names, votes, acknowledgers: names, acks: names.length - votes };
}

/** Whether every commit acknowledged by `rule` is known to every group that may elect. */
export function meets(rule: Pick<Quorum, 'acknowledgers' | 'acks'>, { voters, votes }: Quorum): boolean {
  const all = new Set([...rule.acknowledgers, ...voters]);
  return rule.acks + 1 + votes > all.size;
}

export function commitRuleOf({ version, acknowledgers, acks }: Quorum): CommitRule {
  return { version, members: acknowledgers, acks };
}

/** The next step towards `wanted` as voters; null: none is due, or none is safe yet. */
export function nextQuorum(quorum: Quorum, wanted: readonly string[], facts: QuorumFacts): Quorum | null {
  const { voters, votes, acknowledgers } = quorum;
  if (!isSame(voters, acknowledgers)) return finishOrTurnBack(quorum, wanted, facts);
  const step = holds(wanted, voters)
    ? beginGrowth(quorum, wanted, facts)
    : beginShrinking(quorum, wanted, facts);
  if (step) return step;
  // All acknowledge by now, and electing still takes the votes that commits of the former rule need.
  const isRaised = votes !== quorumOf(voters.length);
  return isRaised && facts.isProven ? next(quorum, stableQuorum(voters, 0)) : null;
}

/** More votes first, which commits of the former members need; the new ones acknowledge in the step after. */
function beginGrowth(quorum: Quorum, wanted: readonly string[], facts: QuorumFacts): Quorum | null {
  const { voters, acks } = quorum;
  if (isSame(voters, wanted) || !wanted.every(facts.isReady)) return null;
  return next(quorum, { voters: wanted, votes: wanted.length - acks });
}

/** More acknowledgements of those who stay first, as many as the votes of all need. */
function beginShrinking(quorum: Quorum, wanted: readonly string[], facts: QuorumFacts): Quorum | null {
  const { voters, votes } = quorum;
  if (!holds(voters, wanted) || !wanted.includes(facts.primary) || !wanted.every(facts.isReady)) return null;
  return next(quorum, { acknowledgers: wanted, acks: voters.length - votes });
}

/** Some vote and do not acknowledge: either they soon do, or they soon do not vote either. */
function finishOrTurnBack(quorum: Quorum, wanted: readonly string[], facts: QuorumFacts): Quorum | null {
  const { voters, acknowledgers } = quorum;
  const mayLeave = facts.isProven && acknowledgers.includes(facts.primary);
  const leave = mayLeave ? next(quorum, stableQuorum(acknowledgers, 0)) : null;
  if (isSame(wanted, acknowledgers)) {
    // One who stays is lost before it is done: those who were to leave acknowledge again, or writes would wait.
    const isLost = facts.isLate && !acknowledgers.every(facts.isReady);
    return leave ?? (isLost ? allAcknowledge(quorum) : null);
  }
  if (voters.every(facts.isReady)) return allAcknowledge(quorum);
  return facts.isLate ? leave : null;
}

function allAcknowledge(quorum: Quorum): Quorum {
  const { voters, votes } = quorum;
  const acks = Math.max(voters.length - quorumOf(voters.length), voters.length - votes);
  return next(quorum, { acknowledgers: voters, acks });
}

/** A step that would leave a commit of either rule unknown to some vote is a mistake of this file: it is not taken. */
function next(quorum: Quorum, changes: Partial<Quorum>): Quorum {
  const step = { ...quorum, ...changes, version: quorum.version + 1 };
  if (!meets(step, step)) throw new Error(`quorum: unsafe step to ${JSON.stringify(step)}`);
  return step;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && holds(a, b);
}

function holds(all: readonly string[], some: readonly string[]): boolean {
  return some.every((name) => all.includes(name));
}

// Bringing the other members behind a primary.
import type { CommitRule } from '../agent/commit-rule.ts';
import { extendLineage } from '../agent/lineage.ts';
import { compareLsn } from '../agent/lsn.ts';
import type { AgentStatus, FollowCommand, Vote } from '../agent/protocol.ts';
import { send } from './actions.ts';
import { isFollowing } from './ballot.ts';
import { isForkSettled } from './forks.ts';
import type { Action, MemberView, Observed } from './observed.ts';
import { commitRuleOf } from './quorum.ts';

/** Everybody else follows `primary`, as soon as it says where its own log begins. */
export function followers(observed: Observed, primary: MemberView, term: number): readonly Action[] {
  const { status } = primary;
  if (status?.role !== 'primary' || status.systemId === null) return [];
  if (status.lineage.at(-1)?.term !== term) return [];
  const { systemId, lineage } = status;
  return [...observed.members, ...observed.readers]
    .filter(({ name, contact }) => name !== primary.name && contact === 'up')
    .filter((member) => needsFollow(member, primary, term) || lacksRule(observed, member, term))
    .map((member) => {
      const mayReplaceData = mayReplace(observed, primary, member);
      return follow(observed, primary, member, { term, systemId, lineage, mayReplaceData });
    });
}

type Told = Pick<FollowCommand, 'term' | 'systemId' | 'lineage' | 'mayReplaceData'>;

function follow(observed: Observed, { name, address }: MemberView, to: MemberView, told: Told): Action {
  return send(to.name, { kind: 'follow', primary: name, address, ...told, ...ruleToTell(observed) });
}

/**
 * Who voted for `winner` with a beginning of its log follows it while it is being promoted: the first commit waits until
 * one of them streams. Where the winner's term begins is known by its vote. Whoever holds more, or another log, is told
 * afterwards, for it has to be rewound, and that needs a source which is primary already.
 */
export function followersAhead(observed: Observed, winner: MemberView, term: number): readonly Action[] {
  const { status } = winner;
  const vote = runningVoteOf(winner, term);
  if (!status || !vote || status.systemId === null) return [];
  const { systemId } = status;
  const lineage = extendLineage(status.lineage, { term, startLsn: vote.lsn });
  return observed.members
    .filter((member) => member.name !== winner.name && member.contact === 'up')
    .filter((member) => isBeginning(runningVoteOf(member, term), vote))
    .map((member) => follow(observed, winner, member, { term, systemId, lineage, mayReplaceData: false }));
}

function runningVoteOf({ status }: MemberView, term: number): Vote | null {
  if (status?.role !== 'frozen' || status.term !== term) return null;
  return status.vote?.term === term && !status.vote.complete ? status.vote : null;
}

function isBeginning(vote: Vote | null, of: Vote): boolean {
  return vote !== null && vote.logTerm === of.logTerm && compareLsn(vote.lsn, of.lsn) <= 0;
}

function needsFollow({ status }: MemberView, primary: MemberView, term: number): boolean {
  if (!status || status.term > term) return false;
  if (status.term < term || status.role !== 'standby' || status.primary !== primary.name) return true;
  if (looksElsewhere(status, primary)) return true;
  // Waiting for the permission to clone, which depends on the others' health.
  return status.task === null && (status.data !== 'whole' || (status.pending && status.lastError !== null));
}

/** The primary's pod was replaced. */
function looksElsewhere({ primaryAddress }: AgentStatus, { address }: MemberView): boolean {
  return primaryAddress !== undefined && address !== null && primaryAddress !== address;
}

/** The commit rule goes with what is said anyway; nothing is said of the one that everybody's environment has. */
export function ruleToTell({ quorum }: Observed): { readonly rule?: CommitRule } {
  return quorum.version > 0 ? { rule: commitRuleOf(quorum) } : {};
}

/** Every standby has the rule in its configuration before the day it is promoted. */
function lacksRule({ quorum }: Observed, { status }: MemberView, term: number): boolean {
  return status?.term === term && status.rule !== undefined && status.rule.promised.version < quorum.version;
}

/**
 * Never the last good copy: the primary serves and somebody else streams from it, or there is nothing to lose. What a
 * broken rewind left is no copy any more; were it kept, two such members would wait for each other for ever.
 */
function mayReplace(observed: Observed, primary: MemberView, member: MemberView): boolean {
  if (member.status?.data === 'empty') return true;
  if (primary.status?.writable !== true || !isForkSettled(observed.forks, member)) return false;
  if (member.status?.data === 'torn') return true;
  return observed.members.some(
    (other) => other.name !== member.name && other.name !== primary.name && isFollowing(other),
  );
}

/** A primary whose agent restarted waits to be told that it is still wanted. */
export function restart({ name, status }: MemberView, term: number): readonly Action[] {
  const isWaiting = status?.postgres === 'stopped' && status.role === 'primary' && status.term === term;
  return isWaiting ? [send(name, { kind: 'start', term })] : [];
}

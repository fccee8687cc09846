// A change of primary once it is decided: raise the term, freeze, count, promote. Once begun it is finished: nothing
// goes back to the old term, because a standby that was frozen never returns to it.
import { decision, describe, send, write } from './actions.ts';
import { votersOf, votesFor, winner } from './ballot.ts';
import { followers, followersAhead, restart, ruleToTell } from './followers.ts';
import type { Action, Ballot, Decision, MemberView, Observed } from './observed.ts';

/** How long a member may take between winning the votes and its first acknowledged commit. */
const PROMOTION_MS = 15_000;
/** Votes that are missing for so long make the set Blocked. */
const VOTES_MS = 10_000;

/**
 * Raises the term. Newer promises of members are respected: some operator got further than the register shows. Members are
 * frozen beside the step of the register only under a primary that says it is stopped. Under any other they would be cut off
 * from one that is wrongly suspected, for as long as the register cannot be written.
 */
export function elect(observed: Observed, ballot: Ballot, cause: string): Decision {
  const promised = observed.members.map(({ status }) => status?.term ?? 0);
  const term = Math.max(ballot.term, ...promised) + 1;
  const next: Ballot =
    ballot.stage === 'serving'
      ? { term, stage: 'electing', primary: null, from: ballot.primary, cause, startedAt: observed.now }
      : { ...ballot, term, stage: 'electing', primary: null, from: originOf(ballot) };
  const former = observed.members.find(({ name }) => name === ballot.primary);
  const isStopped = former?.contact === 'up' && former.status?.postgres === 'stopped';
  return decision('Electing', [write(observed, next), ...(isStopped ? freezes(observed, term) : [])]);
}

function freezes(observed: Observed, term: number): readonly Action[] {
  return votersOf(observed)
    .filter(({ status }) => status === null || status.term < term)
    .map(({ name }) => send(name, { kind: 'freeze', term }));
}

export const OVERTAKEN = 'a member has promised a newer term';

/** Somebody began an election that the register never heard of: whoever promised its term serves no older one again. */
export function isOvertaken({ members }: Observed, { term }: Ballot): boolean {
  return members.some(({ status }) => status !== null && status.term > term);
}

/** Who was primary before the change that this ballot is about. A second try keeps the first one's story. */
export function originOf(ballot: Ballot): string | null {
  // While the old one stops, `from` still tells of the change before.
  return ballot.stage === 'stopping' ? ballot.primary : ballot.from;
}

export function decideElection(observed: Observed, ballot: Ballot): Decision {
  const { term } = ballot;
  if (isOvertaken(observed, ballot)) return elect(observed, ballot, OVERTAKEN);
  const votes = votesFor(observed, term);
  const chosen = winner(observed, votes, wish(observed)) ?? overridden(observed, term);
  if (chosen !== null) {
    return decision('Promoting', [write(observed, { ...ballot, stage: 'promoting', primary: chosen })]);
  }
  const voters = votersOf(observed);
  const frozen = freezes(observed, term);
  if (observed.stageMs < VOTES_MS) return decision('Electing', frozen);
  const missing = voters.filter(({ name }) => !votes.some(({ member }) => member === name));
  const blocked = `${votes.length} of ${observed.quorum.votes} votes for term ${term}; missing: ${describe(missing)}`;
  return decision('Blocked', frozen, { blocked });
}

function wish({ switchover, switchoverDone }: Observed): string | null {
  return switchover && switchover.id !== switchoverDone ? switchover.to : null;
}

/** A person took the responsibility, for this term and this member only. */
function overridden({ allowDataLoss, members }: Observed, term: number): string | null {
  if (allowDataLoss?.term !== term) return null;
  const member = members.find(({ name }) => name === allowDataLoss.member);
  return member?.contact === 'up' && member.status?.vote?.term === term ? member.name : null;
}

export function decidePromotion(observed: Observed, ballot: Ballot, candidate: MemberView): Decision {
  const { term } = ballot;
  const { status } = candidate;
  const failure = failureOf(observed, candidate, term);
  if (failure !== null) return elect(observed, ballot, failure);
  if (!status) return decision('Promoting', []);
  if (status.role !== 'primary') {
    const promote = send(candidate.name, { kind: 'promote', term, ...ruleToTell(observed) });
    return decision('Promoting', [promote, ...followersAhead(observed, candidate, term)]);
  }
  if (status.servingTerm !== term) {
    const actions = [...restart(candidate, term), ...followers(observed, candidate, term)];
    return decision(
      'Promoting',
      actions.filter((action) => !isEarly(observed, action)),
    );
  }
  const switchoverDone = observed.switchover?.id ?? observed.switchoverDone;
  return decision('Promoting', [write(observed, { ...ballot, stage: 'serving' }, { switchoverDone })]);
}

/** How long the first acknowledged commit is waited for before a stopped member is started as well. */
const ALONE_MS = 2000;

/**
 * A stopped former primary that is started while the winner's first commit waits for other standbys takes the processor
 * from all of them; and writers, who are still led to it, log in to be told that it is read-only.
 */
function isEarly({ members, quorum, stageMs }: Observed, action: Action): boolean {
  if (action.do !== 'send' || action.command.kind !== 'follow' || stageMs > ALONE_MS) return false;
  const { to, command } = action;
  const others = quorum.acknowledgers.filter((name) => name !== to && name !== command.primary);
  const running = members.filter((member) => others.includes(member.name) && couldAcknowledge(member));
  const isStopped = members.some(({ name, status }) => name === to && status?.postgres === 'stopped');
  return isStopped && running.length >= quorum.acks;
}

function couldAcknowledge({ contact, status }: MemberView): boolean {
  return contact === 'up' && status?.postgres !== 'stopped' && status?.data === 'whole';
}

/** Why the winner of the votes will not serve, or null. */
function failureOf(observed: Observed, { name, contact, status }: MemberView, term: number): string | null {
  if (contact !== 'up' && contact !== 'unknown') return `${name} was lost while it was promoted`;
  if (status === null) return null;
  if (status.term > term) return OVERTAKEN;
  if (status.term === term && status.role === 'primary' && status.crashed) {
    return `Postgres on ${name} ended while it was promoted`;
  }
  return observed.stageMs > PROMOTION_MS && canElectAgain(observed)
    ? `${name} was not promoted in time`
    : null;
}

/** Without a second standby nobody could acknowledge: another ballot would change nothing. */
function canElectAgain(observed: Observed): boolean {
  return votersOf(observed).every(({ contact, status }) => contact === 'up' && status?.data === 'whole');
}

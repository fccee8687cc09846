// Counting votes. Any group that may elect holds every acknowledged commit between them, so the best log of such a
// group lacks none; "best" is the newest writer's log, then the longest.
import { compareLsn } from '../agent/lsn.ts';
import type { Vote } from '../agent/protocol.ts';
import { isFull } from './disk-pressure.ts';
import type { MemberView, Observed } from './observed.ts';

export interface CastVote {
  readonly member: string;
  readonly vote: Vote;
}

/** Members whose vote counts. */
export function votersOf({ members, quorum }: Observed): readonly MemberView[] {
  return members.filter(({ name }) => quorum.voters.includes(name));
}

/** Votes for `term` from voters that are heard now and hold this set's database. */
export function votesFor(observed: Observed, term: number): readonly CastVote[] {
  return votersOf(observed).flatMap((member) => {
    const vote = member.status?.vote;
    if (!isOfSet(observed, member) || vote?.term !== term) return [];
    return [{ member: member.name, vote }];
  });
}

function isOfSet({ systemId }: Observed, { contact, status }: MemberView): boolean {
  return contact === 'up' && status !== null && (systemId === null || status.systemId === systemId);
}

/** Whether `member` could vote if it were asked: heard, whole and of this set. */
export function couldVote(observed: Observed, member: MemberView): boolean {
  return isOfSet(observed, member) && member.status?.data === 'whole';
}

/** Heard now, and receiving the primary's log. */
export function isFollowing({ contact, status }: MemberView): boolean {
  return contact === 'up' && status?.streaming === true;
}

/** Negative when `a` should be preferred. */
export function compareVotes(a: Vote, b: Vote): number {
  if (a.logTerm !== b.logTerm) return b.logTerm - a.logTerm;
  if (a.complete !== b.complete) return a.complete ? -1 : 1;
  return compareLsn(b.lsn, a.lsn);
}

/**
 * The winner, or null while votes are missing. Running standbys that are a majority by themselves decide alone: a
 * stopped former primary would win every comparison and take longer to start. `preferred` wins among equals.
 */
export function winner(
  observed: Observed,
  cast: readonly CastVote[],
  preferred: string | null,
): string | null {
  const needed = observed.quorum.votes;
  const votes = withRoom(observed, cast, needed);
  const running = votes.filter(isRunning);
  if (running.length >= needed) return choose(bestOf(running), preferred);
  // One that is full makes them a majority, and another is as good as it.
  const all = cast.filter(isRunning);
  const good = bestOf(all).filter((vote) => running.includes(vote));
  if (all.length >= needed && good.length > 0) return choose(good, preferred);
  if (votes.length < needed || isWorthWaiting(observed, cast)) return null;
  return choose(bestOf(votes), preferred);
}

const isRunning = ({ vote }: CastVote): boolean => !vote.complete;

/** Without members whose disk is full, where the others are a majority and so hold everything by themselves. */
function withRoom({ members }: Observed, votes: readonly CastVote[], needed: number): readonly CastVote[] {
  const full = new Set(members.filter(isFull).map(({ name }) => name));
  const others = votes.filter(({ member }) => !full.has(member));
  return others.length >= needed ? others : votes;
}

const PATIENCE_MS = 1000;

/** Another running standby is expected to vote any moment. */
function isWorthWaiting(observed: Observed, cast: readonly CastVote[]): boolean {
  const voted = new Set(cast.map(({ member }) => member));
  return (
    observed.stageMs < PATIENCE_MS &&
    votersOf(observed).some((member) => !voted.has(member.name) && couldVote(observed, member))
  );
}

/** Those that nobody is better than, by name. */
function bestOf(votes: readonly CastVote[]): readonly CastVote[] {
  const sorted = [...votes].sort((a, b) => compareVotes(a.vote, b.vote) || a.member.localeCompare(b.member));
  return sorted.filter(({ vote }) => compareVotes(vote, sorted[0]?.vote ?? vote) === 0);
}

function choose(equals: readonly CastVote[], preferred: string | null): string | null {
  return (equals.find(({ member }) => member === preferred) ?? equals[0])?.member ?? null;
}

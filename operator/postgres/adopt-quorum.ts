// The quorum of a set whose record is gone while its members hold data: from what they were told last. Who else may
// have voted is not known, so everybody counts who is there, and as many votes are asked for as commits of the newest
// rule need among all of them.
import type { CommitRule } from '../agent/commit-rule.ts';
import type { Observed } from './observed.ts';
import type { Quorum } from './quorum.ts';

/** More than the steps that can have been recorded and told to nobody who is there: none may come twice. */
const UNTOLD = 16;

export function adoptQuorum({ members, quorum }: Observed): Quorum {
  const told = members.flatMap(({ status }) => status?.rule?.promised ?? []);
  const newest = told.reduce<CommitRule | null>(
    (best, rule) => (rule.version > (best?.version ?? 0) ? rule : best),
    null,
  );
  // Never scaled, or recorded after all: nothing is known better than the record.
  if (!newest || newest.version <= quorum.version) return quorum;
  const voters = [...new Set([...newest.members, ...members.map(({ name }) => name)])];
  const { version, acks } = newest;
  return {
    version: version + UNTOLD,
    voters,
    votes: voters.length - acks,
    acknowledgers: newest.members,
    acks,
  };
}

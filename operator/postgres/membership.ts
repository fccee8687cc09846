// Changing the number of members under a primary that serves, one recorded step at a time. The register takes a step
// only if nobody wrote in between, so no election can count by a quorum that was left meanwhile; the primary hears of
// the new commit rule afterwards, and every step is safe before and after it has.
import type { AgentStatus } from '../agent/protocol.ts';
import { send, write } from './actions.ts';
import { isFull } from './disk-pressure.ts';
import type { Action, Ballot, MemberView, Observed } from './observed.ts';
import { commitRuleOf, nextQuorum, stableQuorum } from './quorum.ts';
import type { QuorumFacts } from './quorum.ts';

/** WAL a new voter may still have to receive. */
const MAX_LAG_BYTES = 16 * 1024 * 1024;
/** Whoever does not come back within this does not hold up the others. */
const TURN_BACK_MS = 10_000;

/** The step that is due now, or null. */
export function membershipStep(observed: Observed, ballot: Ballot, primary: MemberView): Action | null {
  const quorum = nextQuorum(observed.quorum, observed.wanted, factsOf(observed, ballot, primary));
  return quorum && write(observed, ballot, { quorum });
}

/** Whether voters and acknowledgers are not what they shall be in the end. */
export function isChanging({ quorum, wanted }: Observed): boolean {
  const { voters, votes, acknowledgers, acks } = stableQuorum(wanted, 0);
  const shape = JSON.stringify([voters, votes, acknowledgers, acks]);
  return JSON.stringify([quorum.voters, quorum.votes, quorum.acknowledgers, quorum.acks]) !== shape;
}

/** Tells the primary of a commit rule that is newer than its own. */
export function ruleToRequire({ quorum }: Observed, primary: MemberView, term: number): readonly Action[] {
  const { contact, status } = primary;
  if (contact !== 'up' || status?.role !== 'primary' || status.term !== term || !status.rule) return [];
  if (status.rule.promised.version >= quorum.version) return [];
  return [send(primary.name, { kind: 'require', term, rule: commitRuleOf(quorum) })];
}

function factsOf(observed: Observed, ballot: Ballot, primary: MemberView): QuorumFacts {
  const { quorum, quorumMs } = observed;
  return {
    primary: primary.name,
    isReady: (name) => isReady(observed, primary, name),
    isProven: isProven(observed, ballot, primary),
    isLate: quorumMs > TURN_BACK_MS && quorum.version > 0,
  };
}

function isProven({ quorum }: Observed, { term }: Ballot, { contact, status }: MemberView): boolean {
  const serves = contact === 'up' && status?.role === 'primary' && status.servingTerm === term;
  if (!serves || status.term !== term || !status.rule) return false;
  const { inForce, proven } = status.rule;
  return inForce === quorum.version && proven === quorum.version;
}

function isReady({ members }: Observed, primary: MemberView, name: string): boolean {
  const member = members.find((candidate) => candidate.name === name);
  if (member?.contact !== 'up' || member.leaving || isFull(member) || !member.status?.rule) return false;
  if (name === primary.name) return true;
  return primary.status !== null && keepsUp(primary.status, member.status);
}

function keepsUp(primary: AgentStatus, { name, streaming, data, pending, term }: AgentStatus): boolean {
  const lag = primary.standbys.find((standby) => standby.name === name)?.lagBytes ?? null;
  const isWhole = streaming && data === 'whole' && !pending && term === primary.term;
  return isWhole && lag !== null && lag <= MAX_LAG_BYTES;
}

// From what is observed to what to do next: the operator's half of the ballot, as a pure function. It only ever
// takes one step; what the step changes is observed again before the next.
import { decision, describe, send, write } from './actions.ts';
import { couldVote, isFollowing, votersOf } from './ballot.ts';
import { decideBootstrap } from './bootstrap.ts';
import { decideElection, decidePromotion, elect, isOvertaken, OVERTAKEN } from './election.ts';
import { followers, restart } from './followers.ts';
import { isChanging, membershipStep, ruleToRequire } from './membership.ts';
import type { Ballot, Decision, MemberView, Observed } from './observed.ts';
import { judgePrimary } from './suspicion.ts';
import { rollout, switchoverWanted } from './switchover.ts';

/** How long an orderly stop may take before the freeze ends it; the primary waits for a calm moment and serves meanwhile. */
const STOP_MS = 25_000;

export function decide(observed: Observed): Decision {
  const { ballot } = observed;
  if (!ballot || ballot.stage === 'bootstrap') return decideBootstrap(observed);
  if (ballot.stage === 'electing') return decideElection(observed, ballot);
  const primary = observed.members.find(({ name }) => name === ballot.primary);
  if (!primary) return elect(observed, ballot, `${ballot.primary ?? 'nobody'} is not a member`);
  if (isLeftBehind(observed, ballot)) return elect(observed, ballot, OVERTAKEN);
  if (ballot.stage === 'promoting') return decidePromotion(observed, ballot, primary);
  if (ballot.stage === 'stopping') return decideStopping(observed, ballot, primary);
  return decideServing(observed, ballot, primary);
}

/** While it is promoted, only what the candidate itself has promised counts. */
function isLeftBehind(observed: Observed, ballot: Ballot): boolean {
  return !observed.paused && ballot.stage !== 'promoting' && isOvertaken(observed, ballot);
}

function decideStopping(observed: Observed, ballot: Ballot, primary: MemberView): Decision {
  const isStopped = primary.contact !== 'up' || primary.status?.postgres === 'stopped';
  if (isStopped || observed.stageMs > STOP_MS) return elect(observed, ballot, 'switchover');
  return decision('Switchover', [send(primary.name, { kind: 'stop', term: ballot.term })]);
}

function decideServing(observed: Observed, ballot: Ballot, primary: MemberView): Decision {
  const others = observed.members.filter(({ name }) => name !== primary.name);
  const voters = votersOf(observed).filter(({ name }) => name !== primary.name);
  const { cause, connectivity } = judgePrimary(primary, voters, ballot.term);
  const actions = [
    ...ruleToRequire(observed, primary, ballot.term),
    ...followers(observed, primary, ballot.term),
  ];
  if (observed.paused) {
    return decision('Paused', [...restart(primary, ballot.term), ...actions], { connectivity });
  }
  if (cause !== null) return decideSuspicion(observed, ballot, primary, cause);
  const { switchover, switchoverDone } = observed;
  if (switchover && switchover.id !== switchoverDone && switchover.to === primary.name) {
    // Already true: noted, so that a later failover does not make it come true a second time.
    return decision('Healthy', [write(observed, ballot, { switchoverDone: switchover.id })]);
  }
  const wanted = switchoverWanted(observed, primary);
  if (wanted !== null) {
    const next: Ballot = { ...ballot, stage: 'stopping', cause: wanted, startedAt: observed.now };
    return decision('Switchover', [write(observed, next)]);
  }
  const step = membershipStep(observed, ballot, primary);
  if (step) return decision('Scaling', [step]);
  if (isChanging(observed)) return decision('Scaling', actions, { connectivity });
  const phase = others.every(isFollowing) ? 'Healthy' : 'Degraded';
  return decision(phase, [...actions, ...rollout(others)], { connectivity });
}

function decideSuspicion(observed: Observed, ballot: Ballot, primary: MemberView, cause: string): Decision {
  const voters = votersOf(observed).filter((member) => couldVote(observed, member));
  const others = voters.filter(({ name }) => name !== primary.name);
  if (others.length >= observed.quorum.votes) return elect(observed, ballot, cause);
  // Too few for a vote without it: it runs again where it is, in its own term.
  const again = voters.includes(primary) ? restart(primary, ballot.term) : [];
  if (again.length > 0) return decision('Suspect', again);
  // Its Postgres hangs, its agent does not: frozen, it votes with the whole of its log, and may win.
  if (voters.length >= observed.quorum.votes) return elect(observed, ballot, cause);
  const missing = votersOf(observed).filter((member) => !voters.includes(member));
  const blocked = `${cause}; no majority to elect another: ${describe(missing)}`;
  return decision('Blocked', followers(observed, primary, ballot.term), { blocked });
}

// The Sentinels agree on a master that is none: dead, waiting at the gate, or a replica itself. When its process
// is provably gone this acts at once instead of after Sentinel's silence period; when it is merely silent, it may
// be alive, and Sentinel's own election decides.
import { silenceOf } from './defects.ts';
import type { Action, Remembered, Verdict } from './model.ts';
import { after, fenced, missingMemberMs, twoLooksMs, verdictOf } from './verdict.ts';
import { compareFreshness, electFreshest, sentinelsSeeItDown } from './view.ts';
import type { View, Visible, Watching } from './view.ts';

/** A Sentinel gets this long to elect by itself where the master is only silent. */
const sentinelMs = 9_000;
/** One that has noticed elects within this time, or not at all. */
const noticedMs = 4_000;
/** A switch that somebody else does (preStop, Sentinel) is finished within this time. */
const handoverMs = 3_000;

export function ruleOfMissingMaster(view: View, remembered: Remembered): Verdict | undefined {
  const { master, agreed } = view;
  if (master === undefined || agreed === undefined) return undefined;
  if (master.answer?.role === 'master' && !master.answer.gated) return undefined;
  if (master.answer?.loading === true) {
    return verdictOf(view, 'Unavailable', `${master.name} loads its data`, []);
  }
  return anotherMasterLives(view) ?? nobodyIsMaster(view, remembered);
}

/** The Sentinels will hear of it: a switch is going on, or they were passed over. */
function anotherMasterLives(view: View): Verdict | undefined {
  const [other] = view.livingMasters;
  if (other === undefined || view.master === undefined) return undefined;
  // Not seen by us is not dead: as long as the Sentinels see their master, the other one is the stray.
  if (view.master.answer === undefined && !sentinelsSeeItDown(view)) {
    return verdictOf(view, 'Degraded', silenceOf(view.master), []);
  }
  const why = `${other.name} is master, but the Sentinels name ${view.master.name}`;
  return verdictOf(view, 'FailingOver', why, [after(handoverMs, { kind: 'elect', member: other.name, why })]);
}

function nobodyIsMaster(view: View, remembered: Remembered): Verdict {
  const name = view.master?.name ?? '';
  const election = electFreshest(view, name);
  if (!election.winner) return verdictOf(view, 'Unavailable', `${name} is gone: ${election.refusal}`, []);
  const winner = successorOf(view, election.winner);
  const proof = proofOfDeath(view);
  if (proof === undefined && mayStillServe(view)) {
    const silence = view.master === undefined ? name : silenceOf(view.master);
    return verdictOf(view, 'Degraded', `${silence}; it may be alive`, []);
  }
  const why = proof ?? `${name} is silent`;
  const settleMs = proof === undefined ? sentinelMs : settleOf(view, remembered);
  const actions = promotionOf(view, winner, why).map((action) => after(settleMs, action));
  return verdictOf(view, 'FailingOver', `${why}: ${winner.name} has the newest data`, actions);
}

/**
 * A restarted master is not taken again while all its replicas are there: a Sentinel may be electing one of them at
 * this moment, and until the restarted one is demoted the other replica would acknowledge what the elected never
 * gets (5 of 137 acknowledged changes were lost so). Whatever was acknowledged is on one of the replicas, and each has
 * a beginning of the same stream: the newest of them has all of it.
 */
function successorOf(view: View, freshest: Visible): Visible {
  if (freshest.name !== view.master?.name || !freshest.answer.gated) return freshest;
  const replicas = view.visible.filter(({ name, answer }) => name !== freshest.name && !answer.gated);
  if (replicas.length < view.members.length - 1) return freshest;
  const [newest] = replicas.toSorted((a, b) => compareFreshness(b, a));
  return newest ?? freshest;
}

/** Silent to us, but the Sentinels see it, or a replica still hears it. */
function mayStillServe(view: View): boolean {
  const heard = view.visible.some(({ answer }) => answer.follows === view.master?.address && answer.linkUp);
  return heard || !sentinelsSeeItDown(view);
}

function promotionOf(view: View, winner: Visible, why: string): readonly Action[] {
  const bless: Action = { kind: 'bless', member: winner.name, why };
  if (winner.name === view.master?.name) return [bless];
  const isKnown = view.watching.some(({ watched }) => watched.replicas.includes(winner.address));
  if (isKnown) return [{ kind: 'elect', member: winner.name, why }];
  // Sentinels learn of replicas only through a living master: these can never fail over again by themselves.
  return [bless, ...view.watching.map((sentinel) => monitorOf(sentinel, winner, why))];
}

function monitorOf(sentinel: Watching, winner: Visible, why: string): Action {
  return { kind: 'monitor', sentinel: sentinel.name, address: winner.address, why };
}

function settleOf(view: View, remembered: Remembered): number {
  if (handsOver(view)) return handoverMs;
  if (sentinelMayElect(view)) return noticedMs;
  // After a restart of everything an absent member may have the newest data; a replica that was there until
  // just now, and lost its master, is the newest there can be.
  const allGated = view.visible.every(({ answer }) => answer.gated || answer.linkDownSeconds < 0);
  const whole = view.visible.filter(({ answer }) => answer.term > 0);
  const complete = whole.length === view.members.length;
  return allGated && !complete && remembered.term > 0 ? missingMemberMs : twoLooksMs;
}

/**
 * Two elections at once may promote two: what the first one acknowledges is lost when the second one wins. So the operator
 * is quicker than the Sentinels, or leaves it to them.
 */
function sentinelMayElect(view: View): boolean {
  const hasNoticed = view.watching.some(({ watched }) => watched.down);
  const isEligible = ({ name, answer }: Visible): boolean =>
    name !== view.master?.name && answer.role === 'replica' && !answer.gated && answer.priority > 0;
  return hasNoticed && view.visible.some(isEligible);
}

/** It stands still for a switch that its pod, or an operator before this one, has begun. */
function handsOver({ master }: View): boolean {
  return master?.answer !== undefined && master.answer.minReplicasToWrite >= fenced;
}

/**
 * Why the master certainly acknowledges nothing any more; undefined when it might. It answered and is no master,
 * or no connection to it can be made and every other member has lost it too: without a replica it refuses writes,
 * and the election sees to it that none comes back. A hung master keeps its connections: this never speaks of it.
 */
export function proofOfDeath(view: View): string | undefined {
  const { master } = view;
  if (master === undefined) return undefined;
  if (master.answer !== undefined) {
    return master.answer.gated ? `${master.name} was restarted` : `${master.name} is not a master`;
  }
  const others = view.members.filter(({ name }) => name !== master.name);
  const lost = others.filter(({ answer }) => answer !== undefined && (answer.gated || !answer.linkUp));
  if (lost.length < others.length) return undefined;
  if (master.silence === 'refused') return `${master.name} is dead`;
  return master.silence === 'unreachable' ? `${master.name} is gone, for us and for its replicas` : undefined;
}

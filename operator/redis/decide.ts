// The whole policy: what a look at the set means and what to do about it. Sentinel does failovers; this does what
// Sentinel cannot: the first master, a set restarted at once, masters nobody agrees on, members and Sentinels
// that were left behind. Rules are tried in order; the first that applies speaks.
import { ruleOfFollowers } from './decide-followers.ts';
import { ruleOfMissingMaster } from './decide-masterless.ts';
import { silenceOf } from './defects.ts';
import { isHeld } from './model.ts';
import type { Intent, Observed, Remembered, Verdict } from './model.ts';
import { after, missingMemberMs, now, twoLooksMs, verdictOf } from './verdict.ts';
import type { Rule } from './verdict.ts';
import { electFreshest, sentinelsSeeItDown, viewOf } from './view.ts';
import type { View } from './view.ts';

const rules: readonly Rule[] = [
  withoutSentinels,
  whileSentinelFailsOver,
  nobodyWatches,
  watchedAddressIsNoMember,
  ruleOfMissingMaster,
  ruleOfFollowers,
];

export function decide(observed: Observed, remembered: Remembered): Verdict {
  const view = viewOf(observed, remembered);
  for (const rule of rules) {
    const verdict = rule(view, remembered);
    if (verdict) return { ...verdict, intents: [...releases(view), ...verdict.intents] };
  }
  return verdictOf(view, 'Degraded', 'no rule applies', releases(view));
}

/** Longer than an election lasts: another operator's, whose Lease has just gone, may not be over. */
const releaseMs = 5_000;

/** The operator that held them died, or could not tell them. Whatever else is wrong, nobody else can elect meanwhile. */
function releases({ watching }: View): readonly Intent[] {
  return watching
    .filter(({ watched }) => isHeld(watched))
    .map(({ name }) => after(releaseMs, { kind: 'release', sentinel: name, why: 'held for an election' }));
}

/** Without a majority of Sentinels nobody can be told who is master: their StatefulSet brings them back first. */
function withoutSentinels(view: View): Verdict | undefined {
  if (view.sentinelQuorum) return undefined;
  const up = view.sentinels.filter(({ reachable }) => reachable).length;
  const master = view.livingMasters.length === 1 ? view.livingMasters[0] : undefined;
  const silent = view.sentinels.filter(({ reachable }) => !reachable).map(silenceOf);
  const message = `${up} of ${view.sentinels.length} Sentinels answer, no failover is possible: ${silent.join('; ')}`;
  return verdictOf(view, master ? 'Degraded' : 'Unavailable', message, [], master?.name);
}

function whileSentinelFailsOver(view: View): Verdict | undefined {
  const leader = view.watching.find(({ watched }) => watched.failingOver);
  if (!leader) return undefined;
  const message = `${leader.name} fails over from ${leader.watched.address}`;
  return verdictOf(view, 'FailingOver', message, lateFailovers(view));
}

/**
 * A Sentinel that asked for votes before the master came back may get them after, and would then replace a living master,
 * which loses what that acknowledges meanwhile. It forgets its plan.
 */
function lateFailovers(view: View): readonly Intent[] {
  const isBack = view.livingMasters.some(({ name }) => name === view.master?.name);
  if (!isBack || sentinelsSeeItDown(view)) return [];
  return view.watching
    .filter(({ watched }) => watched.waitsForVotes)
    .map(({ name }) =>
      now({ kind: 'reset', sentinel: name, forgets: [], why: 'would replace a master that is back' }),
    );
}

/** A new set, or Sentinels that all lost their memory. */
function nobodyWatches(view: View): Verdict | undefined {
  if (view.watching.length > 0) return undefined;
  return installMaster(view, 'no Sentinel watches a master');
}

/** All were told to watch an address that belongs to nobody here. */
function watchedAddressIsNoMember(view: View): Verdict | undefined {
  if (view.master !== undefined || view.agreed === undefined) return undefined;
  return installMaster(view, `the Sentinels watch ${view.agreed.address}, which is no member`);
}

function installMaster(view: View, why: string): Verdict {
  const living = electFreshest({ ...view, visible: view.livingMasters, members: view.livingMasters });
  const election = living.winner ? living : electFreshest(view);
  const { winner } = election;
  if (!winner) return verdictOf(view, view.term === 0 ? 'Starting' : 'Unavailable', election.refusal, []);
  const settleMs = view.visible.length === view.members.length ? twoLooksMs : missingMemberMs;
  const { name, address } = winner;
  const bless = living.winner ? [] : [after(settleMs, { kind: 'bless', member: name, why })];
  const monitors = view.sentinels
    .filter(({ reachable }) => reachable)
    .map((sentinel) => after(settleMs, { kind: 'monitor', sentinel: sentinel.name, address, why }));
  return verdictOf(view, 'Starting', `${why}: ${name} becomes master`, [...bless, ...monitors]);
}

// The agreed master lives: everything else is brought behind it. Nothing here is urgent, so everything waits long
// enough for Sentinel, or the member's own start, to do it first.
import { defectsOf, hasMetEverybody } from './defects.ts';
import type { Intent, MemberAnswer, Remembered, Sentinel, Verdict } from './model.ts';
import { after, fenced, now, verdictOf } from './verdict.ts';
import { sentinelsSeeItDown } from './view.ts';
import type { View, Visible } from './view.ts';

const joinMs = 1_500;
const strayMs = 1_000;
const sentinelMs = 2_500;
const priorityMs = 2_000;
/** As long as redis-node-pre-stop looks for the right moment. */
const preferenceMs = 5_000;
const staleMs = 1_000;
/** Longer than a Sentinel needs to come back from a lost connection by itself. */
const blindMs = 5_000;
const reliefMs = 2_000;
/** Longer than any preStop or switch holds the fence. */
const fenceMs = 12_000;

export function ruleOfFollowers(view: View, remembered: Remembered): Verdict | undefined {
  const master = view.livingMasters.find(({ name }) => name === view.master?.name);
  if (master === undefined) return undefined;
  const strays = view.livingMasters.filter(({ name }) => name !== master.name);
  const defects = defectsOf(view, master);
  const intents = [
    ...termOf(view, master),
    ...strays.flatMap((stray) => demotion(stray, master)),
    ...followersOf(view, master),
    ...sentinelsOf(view, master),
    ...view.visible.flatMap((member) => unfence(member, master)),
    ...masterPriority(master),
    ...plannedSwitch(view, master, remembered, defects),
    ...relief(view, master),
  ];
  if (strays.length > 0) {
    const names = strays.map(({ name }) => name).join(', ');
    return verdictOf(view, 'SplitBrain', `${names} also acts as master`, intents, master.name);
  }
  const healthy = defects.length === 0;
  const message = healthy ? `${master.name} is master` : defects.join('; ');
  return verdictOf(view, healthy ? 'Healthy' : 'Degraded', message, intents, master.name);
}

/** Every promotion gets the next term, in the data itself: a fork that was cut off cannot win by writing more. */
function termOf(view: View, master: Visible): readonly Intent[] {
  if (master.answer.term > 0 && master.answer.termMaster === master.name) return [];
  const why = `${master.name} was promoted`;
  return [now({ kind: 'term', member: master.name, term: view.term + 1, why })];
}

/** First it stops acknowledging, then it is made a replica, which discards what only it has. */
function demotion(stray: Visible, master: Visible): readonly Intent[] {
  const why = `${master.name} is the master the Sentinels agree on`;
  if (stray.answer.minReplicasToWrite < fenced) return [now({ kind: 'fence', member: stray.name, why })];
  return [after(strayMs, { kind: 'follow', member: stray.name, address: master.address, why })];
}

function followersOf(view: View, master: Visible): readonly Intent[] {
  return view.visible
    .filter(({ answer }) => answer.role === 'replica')
    .flatMap((replica) => [...following(replica, master), ...priorityOf(replica, master)]);
}

function following(replica: Visible, master: Visible): readonly Intent[] {
  const { name, answer } = replica;
  const { address } = master;
  if (answer.gated) {
    return [after(joinMs, { kind: 'follow', member: name, address, why: 'waits at the gate' })];
  }
  if (answer.follows === address) return [];
  const why = `follows ${answer.follows ?? 'nobody'}`;
  return [after(strayMs, { kind: 'follow', member: name, address, why })];
}

/** Electable means: has this master's data. Sentinel itself would elect one that never had it. */
function priorityOf(replica: Visible, master: Visible): readonly Intent[] {
  const { name, answer } = replica;
  const synced = answer.follows === master.address && answer.linkUp && !answer.syncing;
  if (synced && answer.priority !== electable) {
    // Any other value is a switch's preference, which the master's pod may need for a moment. No longer: it outranks data.
    const settleMs = answer.priority === 0 ? priorityMs : preferenceMs;
    return [after(settleMs, { kind: 'priority', member: name, value: electable, why: 'has the data' })];
  }
  if (!synced && answer.priority !== 0) {
    return [after(priorityMs, { kind: 'priority', member: name, value: 0, why: 'lacks data' })];
  }
  return [];
}

/** For the day it is demoted: a preference left over from its own election would outrank newer data. */
function masterPriority({ name, answer }: Visible): readonly Intent[] {
  if (answer.priority === electable) return [];
  return [after(priorityMs, { kind: 'priority', member: name, value: electable, why: 'is master' })];
}

/** The same for all: Sentinel lets priority outrank the offset. */
const electable = 100;

function sentinelsOf(view: View, master: Visible): readonly Intent[] {
  const { address } = master;
  const lost = view.sentinels.filter(({ reachable, watched }) => reachable && watched?.address !== address);
  if (lost.length > 0) {
    return lost.map(({ name, watched }) =>
      after(sentinelMs, {
        kind: 'monitor',
        sentinel: name,
        address,
        why: watched ? `watches ${watched.address}` : 'watches nothing',
      }),
    );
  }
  const blind = view.watching.find((sentinel) => sentinel.watched.down && !sentinelsSeeItDown(view));
  if (blind !== undefined) {
    // It learnt the address from the others, but not the password, or has lost its connection for good.
    const why = 'does not see the master that the others see';
    return [after(blindMs, { kind: 'monitor', sentinel: blind.name, address, why })];
  }
  // One at a time: a Sentinel that was reset knows nobody for a moment, and the others must know the whole set.
  const stale = view.sentinels.find((sentinel) => knowsStrangers(view, sentinel));
  if (stale === undefined) return [];
  const others = view.sentinels.filter(({ name }) => name !== stale.name);
  if (!others.every((sentinel) => hasMetEverybody(view, sentinel))) return [];
  const forgets = strangersOf(view, stale);
  const why = 'remembers nodes that are no more';
  return [after(staleMs, { kind: 'reset', sentinel: stale.name, forgets, why })];
}

function knowsStrangers(view: View, sentinel: Sentinel): boolean {
  const excess = (sentinel.watched?.sentinels.length ?? 0) > view.sentinels.length - 1;
  return excess || strangersOf(view, sentinel).length > 0;
}

/** Addresses that it knows and the set does not have. */
function strangersOf(view: View, { watched }: Sentinel): readonly string[] {
  const own = new Set([...view.members, ...view.sentinels].map(({ address }) => address));
  return [...(watched?.replicas ?? []), ...(watched?.sentinels ?? [])].filter((address) => !own.has(address));
}

/**
 * A switch that was broken off must not leave the master refusing writes for ever, nor a replica that would refuse
 * them once it is promoted. A second master keeps its fence.
 */
function unfence({ name, answer }: Visible, master: Visible): readonly Intent[] {
  const mayTakeWrites = name === master.name || (answer.role === 'replica' && !answer.gated);
  if (!mayTakeWrites || answer.minReplicasToWrite === 1) return [];
  return [after(fenceMs, { kind: 'unfence', member: name, why: 'a switch was broken off' })];
}

function plannedSwitch(
  view: View,
  master: Visible,
  { switchTo }: Remembered,
  defects: readonly string[],
): readonly Intent[] {
  const target = view.visible.find(({ name }) => name === switchTo);
  if (target === undefined || target.name === master.name || defects.length > 0) return [];
  // It has just come back: no Sentinel would choose it yet. The wish waits until it may be elected.
  if (target.answer.priority === 0) return [];
  return [now({ kind: 'switch', from: master.name, to: target.name, why: 'was asked for' })];
}

/**
 * A master whose disk is full refuses every write, and a replica has all its data: that one takes over, by the switch
 * that loses nothing.
 */
function relief(view: View, master: Visible): readonly Intent[] {
  if (master.answer.writeError === undefined) return [];
  const sound = view.visible.filter(({ name, answer }) => name !== master.name && isSound(answer, master));
  const target = sound.toSorted((a, b) => b.answer.offset - a.answer.offset)[0];
  if (target === undefined || sound.length < view.members.length - 1) return [];
  const why = `${master.name}: ${master.answer.writeError}`;
  return [after(reliefMs, { kind: 'switch', from: master.name, to: target.name, why })];
}

function isSound(answer: MemberAnswer, master: Visible): boolean {
  const follows = answer.role === 'replica' && answer.follows === master.address;
  return follows && answer.linkUp && !answer.syncing && answer.writeError === undefined;
}

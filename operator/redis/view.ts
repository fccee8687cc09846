// Facts drawn from one look, in the words the rules use.
import { majority } from './model.ts';
import type { Member, MemberAnswer, Observed, Remembered, Sentinel, WatchedMaster } from './model.ts';

export interface Visible extends Member {
  readonly answer: MemberAnswer;
}

export interface Watching extends Sentinel {
  readonly watched: WatchedMaster;
}

export interface View {
  readonly members: readonly Member[];
  readonly sentinels: readonly Sentinel[];
  /** Members that answered and have their data in memory. */
  readonly visible: readonly Visible[];
  /** Members that take writes if asked: more than one is a split. */
  readonly livingMasters: readonly Visible[];
  readonly watching: readonly Watching[];
  /** Enough Sentinels answer to act on who is master. */
  readonly sentinelQuorum: boolean;
  /** What the Sentinel with the highest epoch says: in Sentinel's own rules it wins. */
  readonly agreed: WatchedMaster | undefined;
  /** The member at the agreed address; undefined when no member has it. */
  readonly master: Member | undefined;
  /** Highest term ever seen. */
  readonly term: number;
}

export function viewOf(observed: Observed, remembered: Remembered): View {
  const visible = observed.members.filter((member): member is Visible => member.answer?.loading === false);
  const watching = observed.sentinels.filter(
    (sentinel): sentinel is Watching => sentinel.watched !== undefined,
  );
  const agreed = highestEpoch(watching);
  const reachable = observed.sentinels.filter((sentinel) => sentinel.reachable);
  return {
    members: observed.members,
    sentinels: observed.sentinels,
    visible,
    livingMasters: visible.filter(({ answer }) => answer.role === 'master' && !answer.gated),
    watching,
    sentinelQuorum: reachable.length >= majority(observed.sentinels.length),
    agreed,
    master: observed.members.find((member) => member.address === agreed?.address),
    term: Math.max(remembered.term, ...visible.map(({ answer }) => answer.term)),
  };
}

function highestEpoch(watching: readonly Watching[]): WatchedMaster | undefined {
  const votes = (address: string): number =>
    watching.filter(({ watched }) => watched.address === address).length;
  return watching
    .map(({ watched }) => watched)
    .toSorted((a, b) => b.configEpoch - a.configEpoch || votes(b.address) - votes(a.address))[0];
}

/** A majority of them: one alone may be cut off itself. */
export function sentinelsSeeItDown(view: View): boolean {
  const down = view.watching.filter(({ watched }) => watched.down);
  return down.length >= majority(view.sentinels.length);
}

export type Election =
  | { readonly winner: Visible; readonly refusal?: undefined }
  | { readonly winner?: undefined; readonly refusal: string };

/**
 * The member with the newest data, or why nobody may be elected. An acknowledged change is in at least two data
 * sets, so all but one hold it between them, and the highest (term, sequence) has it; with two missing it may not.
 * Where every member is there and some came back empty, nobody absent can have more: what is left is all there is.
 * @param preferred wins a tie.
 */
export function electFreshest(view: View, preferred?: string): Election {
  const needed = view.members.length - 1;
  const withData = view.visible.filter(({ answer }) => answer.term > 0);
  const isNew = view.term === 0;
  const candidates = isNew ? view.visible : withData;
  const everybodyIsHere = view.visible.length === view.members.length && candidates.length > 0;
  if (candidates.length < needed && !everybodyIsHere) {
    return { refusal: `${candidates.length} of ${view.members.length} data sets visible, ${needed} needed` };
  }
  const [winner] = candidates.toSorted((a, b) => compareFreshness(b, a) || tie(a, b, preferred));
  return winner ? { winner } : { refusal: 'no member answers' };
}

/** Positive when `a` has the newer data. */
export function compareFreshness(a: Visible, b: Visible): number {
  const byData = a.answer.term - b.answer.term || a.answer.sequence - b.answer.sequence;
  if (byData !== 0) return byData;
  // Offsets count from the process's start: comparable only while both still have the dead master's stream.
  const bothStream =
    !a.answer.gated && !b.answer.gated && a.answer.linkDownSeconds >= 0 && b.answer.linkDownSeconds >= 0;
  return bothStream ? a.answer.offset - b.answer.offset : a.answer.keys - b.answer.keys;
}

function tie(a: Visible, b: Visible, preferred: string | undefined): number {
  const rank = (member: Visible): number => (member.name === preferred ? 0 : 1);
  return rank(a) - rank(b) || a.name.localeCompare(b.name, 'en', { numeric: true });
}

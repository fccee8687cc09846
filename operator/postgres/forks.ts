// Members that somebody promoted by hand, as status.forks keeps them. What such a member wrote past the fork is written
// down here, and told as an event, before the member is allowed to throw it away.
import type { Fork } from '../agent/protocol.ts';
import type { NewCondition } from '../runtime/conditions.ts';
import type { EventInput } from '../runtime/events.ts';
import type { MemberView } from './observed.ts';

export interface ForkEntry extends Fork {
  readonly member: string;
  readonly at: string;
  /** How the member came back, once it has. Absent when read again: the API drops a null inside a list. */
  readonly rejoined?: string | null;
}

const REMEMBERED = 20;

export function isSameFork(entry: ForkEntry, member: string, fork: Fork): boolean {
  const { timeline, forkLsn, endLsn } = entry;
  return (
    entry.member === member &&
    timeline === fork.timeline &&
    forkLsn === fork.forkLsn &&
    endLsn === fork.endLsn
  );
}

/** Whether a member's data may go as far as forks are concerned: counted, and written down. */
export function isForkSettled(recorded: readonly ForkEntry[], { name, status }: MemberView): boolean {
  const fork = status?.fork ?? null;
  if (fork === null) return true;
  return fork.bytes !== null && recorded.some((entry) => isSameFork(entry, name, fork));
}

/** The list with what members say now, newest first. */
export function recordForks(
  known: readonly ForkEntry[],
  members: readonly MemberView[],
  now: string,
): readonly ForkEntry[] {
  const fresh = members.flatMap(({ name, contact, status }) => {
    const fork = contact === 'up' ? (status?.fork ?? null) : null;
    if (fork === null || known.some((entry) => isSameFork(entry, name, fork))) return [];
    return [{ ...fork, member: name, at: now, rejoined: null }];
  });
  return [...fresh, ...known.map((entry) => withRejoin(entry, members))].slice(0, REMEMBERED);
}

function withRejoin(entry: ForkEntry, members: readonly MemberView[]): ForkEntry {
  const member = members.find(({ name }) => name === entry.member);
  const { status } = member ?? {};
  const isBack = member?.contact === 'up' && status?.fork === null && status.data === 'whole';
  if (typeof entry.rejoined === 'string' || !isBack) return entry;
  const { rejoin } = status;
  return { ...entry, rejoined: rejoin ? `${rejoin.method} in ${rejoin.tookMs} ms` : 'yes' };
}

/** One event per fork that is new in `after`. */
export function forkEvents(
  before: readonly ForkEntry[] = [],
  after: readonly ForkEntry[] = [],
): readonly EventInput[] {
  return after
    .filter((entry) => !before.some((old) => isSameFork(old, entry.member, entry)))
    .map((entry) => ({
      ...{ type: 'Warning', reason: 'ForkDetected', action: 'Rejoin' },
      note: describeFork(entry.member, entry),
    }));
}

export function forkCondition(members: readonly MemberView[]): NewCondition {
  const told = members.flatMap(({ name, status }) => (status?.fork ? [describeFork(name, status.fork)] : []));
  const isForked = told.length > 0;
  return {
    type: 'ForkDetected',
    status: isForked ? 'True' : 'False',
    reason: isForked ? 'PromotedByHand' : 'NoFork',
    message: told.join('; '),
  };
}

export function describeFork(member: string, { timeline, forkLsn, endLsn, bytes }: Fork): string {
  const where = `${member} was promoted by hand: timeline ${timeline}, forked at ${forkLsn ?? 'an unknown position'}`;
  return bytes === null
    ? `${where}; what it wrote could not be counted and is kept: delete its volume and pod to have it cloned`
    : `${where}, ${bytes} bytes past it up to ${endLsn ?? ''} belong to no term and go`;
}

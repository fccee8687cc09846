// When a healthy primary should hand over: because somebody asked, or because its pod is being shut down. Only
// while the others can take over at once; a wish that cannot be met waits.
import { isFollowing, votersOf } from './ballot.ts';
import { isFull } from './disk-pressure.ts';
import type { Action, MemberView, Observed } from './observed.ts';

/** WAL a standby may still have to receive and replay; more would make the pause in writes long. */
const MAX_LAG_BYTES = 16 * 1024 * 1024;

/** The cause of a switchover to begin now, or null. */
export function switchoverWanted(observed: Observed, primary: MemberView): string | null {
  const cause = causeOf(observed, primary);
  return cause !== null && canTakeOver(observed, primary) ? cause : null;
}

function causeOf(observed: Observed, primary: MemberView): string | null {
  if (primary.leaving) return `${primary.name} is being shut down`;
  if (isFull(primary)) return `the disk of ${primary.name} is full`;
  const { switchover, switchoverDone, wanted } = observed;
  if (!wanted.includes(primary.name)) return `${primary.name} leaves the set`;
  if (switchover && switchover.id !== switchoverDone && switchover.to !== primary.name) {
    return `switchover to ${switchover.to} requested (${switchover.id})`;
  }
  const isLastOutdated = observed.members.every(({ name, outdated }) => outdated === (name === primary.name));
  return isLastOutdated ? `rolling update of ${primary.name}` : null;
}

function canTakeOver(observed: Observed, primary: MemberView): boolean {
  const lagOf = (name: string): number | null =>
    primary.status?.standbys.find((standby) => standby.name === name)?.lagBytes ?? null;
  const ready = votersOf(observed).filter((member) => {
    const { name, leaving } = member;
    if (name === primary.name || leaving || isFull(member) || !isFollowing(member)) return false;
    const lag = lagOf(name);
    return lag !== null && lag <= MAX_LAG_BYTES;
  });
  return ready.length >= observed.quorum.votes;
}

/** The next standby to be replaced by a newer template, one at a time; the primary comes last. */
export function rollout(standbys: readonly MemberView[]): readonly Action[] {
  // One that is on its way out still streams for a moment: the set is not as complete as it looks.
  if (standbys.some(({ leaving }) => leaving)) return [];
  const idle = standbys.filter((member) => !isFollowing(member));
  const next = idle.length === 0 ? standbys.find(({ outdated }) => outdated) : onlyOne(idle);
  return next ? [{ do: 'replace', member: next.name }] : [];
}

/** What keeps a member from following may be its old template: waiting for it first, the new one would never come. */
function onlyOne(idle: readonly MemberView[]): MemberView | undefined {
  const [member] = idle;
  return idle.length === 1 && member?.outdated === true && isUnused(member) ? member : undefined;
}

/** In no copy; or its pod is there and nothing runs in it, as with an image that cannot be pulled. */
function isUnused({ contact, status }: MemberView): boolean {
  return contact === 'up' ? status?.task === null : contact === 'refused';
}

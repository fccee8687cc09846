// Who answers behind the two Services: pure. `rw` is the primary that has promised this very term: what it commits there
// waits for a standby that has promised it too. `ro` are the standbys that keep up; with none, the primary, so that reads
// work at all.
import { isFull } from './disk-pressure.ts';
import type { Decision, MemberView, Observed } from './observed.ts';

/** A member name, nobody, or what is written now. */
export interface Routes {
  readonly rw: readonly string[] | 'keep';
  readonly ro: readonly string[] | 'keep';
}

const MAX_LAG_BYTES = 16 * 1024 * 1024;
/** A short election ends before a removed address would help; proxies take up to a second per change. */
const WITHDRAW_MS = 1500;

export function routesFor(observed: Observed, decision: Decision): Routes {
  const { ballot } = observed;
  if (!ballot || ballot.stage === 'bootstrap') return { rw: [], ro: [] };
  const primary = observed.members.find(({ name }) => name === ballot.primary);
  if (ballot.stage === 'serving') return whileServing(observed, decision, primary);
  if (ballot.stage === 'promoting' && isPromised(primary, ballot.term)) {
    return { rw: [primary.name], ro: 'keep' };
  }
  const isLong = ballot.stage === 'electing' && observed.stageMs > WITHDRAW_MS;
  return { rw: isLong ? [] : 'keep', ro: 'keep' };
}

function serves(member: MemberView | undefined, term: number): member is MemberView {
  return member?.contact === 'up' && member.status?.servingTerm === term && member.status.writable;
}

/**
 * Neither the register nor the first acknowledged commit is waited for: proxies take a tenth of a second to follow and a
 * login as long again, in which the promotion comes to its end.
 */
function isPromised(member: MemberView | undefined, term: number): member is MemberView {
  const status = member?.contact === 'up' ? member.status : null;
  return status?.role === 'primary' && status.term === term && status.postgres === 'running';
}

function whileServing(
  { ballot, members, readers }: Observed,
  decision: Decision,
  primary: MemberView | undefined,
): Routes {
  // Suspected, silent to us alone, or restarting in place: whoever reaches it may go on.
  // Nobody heard at all is our own deafness, not their end.
  const isBlocked = decision.phase === 'Blocked' && isKnownDown(primary);
  if (!serves(primary, ballot?.term ?? 0)) return { rw: isBlocked ? [] : 'keep', ro: 'keep' };
  const standbys = [...members, ...readers]
    .filter((member) => keepsUp(primary, member) && !isFull(member))
    .map(({ name }) => name);
  return { rw: [primary.name], ro: standbys.length > 0 ? standbys : [primary.name] };
}

function isKnownDown(primary: MemberView | undefined): boolean {
  if (primary?.contact === 'up') return primary.status?.postgres === 'stopped';
  return primary?.contact === 'refused' || primary?.contact === 'gone';
}

function keepsUp(primary: MemberView, { name, contact, status, leaving }: MemberView): boolean {
  if (name === primary.name || contact !== 'up' || leaving || status?.streaming !== true) return false;
  const lag = primary.status?.standbys.find((standby) => standby.name === name)?.lagBytes;
  return lag !== undefined && lag !== null && lag <= MAX_LAG_BYTES;
}

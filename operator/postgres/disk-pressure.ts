// Members whose volume has no room left: named in a condition, not counted as healthy, and not made primary while others
// can be. A full disk is no reason to stop a server that still runs: with all members full, only they can make room.
import type { NewCondition } from '../runtime/conditions.ts';
import type { MemberView } from './observed.ts';

/** Its last word counts also while it is away: a full disk does not empty by itself. */
export function isFull({ status }: MemberView): boolean {
  return status?.disk?.full === true;
}

export function diskCondition(members: readonly MemberView[]): NewCondition {
  const full = members.filter(isFull);
  const message = full
    .map(
      ({ name, status }) =>
        `${name}: ${status?.disk?.freeMib ?? 0} of ${status?.disk?.totalMib ?? 0} MiB free`,
    )
    .join('; ');
  return {
    type: 'DiskPressure',
    status: full.length > 0 ? 'True' : 'False',
    reason: full.length > 0 ? 'VolumeFull' : 'EnoughRoom',
    message: full.length > 0 ? `${message}; raise storage, or make room` : '',
  };
}

// Small builders for what decide() returns.
import type { Command } from '../agent/protocol.ts';
import type { Action, Ballot, Decision, MemberView, Observed, Phase } from './observed.ts';

export function decision(phase: Phase, actions: readonly Action[], more: Partial<Decision> = {}): Decision {
  return { phase, actions, blocked: null, connectivity: null, ...more };
}

export function send(to: string, command: Command): Action {
  return { do: 'send', to, command };
}

/** A step of the register; what is not named stays. */
export function write(observed: Observed, ballot: Ballot, more: Partial<Written> = {}): Action {
  const { systemId, switchoverDone, quorum } = observed;
  return { do: 'write', ballot, systemId, switchoverDone, quorum, ...more };
}

type Written = Pick<Observed, 'systemId' | 'switchoverDone' | 'quorum'>;

/** Members with what is wrong about them, for a person to read. */
export function describe(members: readonly MemberView[]): string {
  return members.map((member) => `${member.name} (${stateOf(member)})`).join(', ');
}

function stateOf({ contact, status }: MemberView): string {
  if (contact !== 'up') return contact;
  if (status === null) return 'no status';
  return status.data === 'whole' ? `Postgres ${status.postgres}` : `data ${status.data}`;
}

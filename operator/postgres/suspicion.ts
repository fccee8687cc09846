// Is the primary gone? Strong signs act at once: its agent says so, its address refuses, its pod does not exist.
// Silence acts only when the standbys receive nothing either: a primary that only this operator cannot reach is
// left alone. A wrong guess costs a fraction of a second of writes, never data.
import type { AgentStatus } from '../agent/protocol.ts';
import { isFollowing } from './ballot.ts';
import type { MemberView } from './observed.ts';

export interface Judgement {
  /** Null: serve on. */
  readonly cause: string | null;
  /** Null, or what only this operator sees. */
  readonly connectivity: string | null;
}

/** Silence after which a member counts as unreachable. The agent speaks every 250 ms. */
export const SILENT_MS = 1500;
/** The primary commits every 500 ms; a standby whose log stands still for longer receives nothing. */
const WAL_STILL_MS = 1200;
/** A server that answers no query and commits nothing for so long hangs, or its disk does. */
const HUNG_MS = 2500;
/** Commits that standbys could acknowledge and do not. Longer: a slow disk is no reason to move the work. */
const STUCK_MS = 5000;

const FINE: Judgement = { cause: null, connectivity: null };
const gone = (cause: string): Judgement => ({ cause, connectivity: null });

export function judgePrimary(primary: MemberView, others: readonly MemberView[], term: number): Judgement {
  switch (primary.contact) {
    case 'gone':
      return gone(`pod ${primary.name} is gone`);
    case 'refused':
      return gone(`${primary.name} refuses connections`);
    case 'unknown':
      return FINE;
    case 'silent':
      return judgeSilence(primary, others);
    case 'up':
      return judgeStatus(primary, others, term);
  }
}

function judgeSilence(primary: MemberView, others: readonly MemberView[]): Judgement {
  const witness = others.find((member) => isFollowing(member) && member.walStillMs < WAL_STILL_MS);
  if (witness) {
    const connectivity = `${primary.name} is silent here, but ${witness.name} receives WAL from it`;
    return { cause: null, connectivity };
  }
  return gone(`${primary.name} is silent and no standby receives WAL`);
}

function judgeStatus({ name, status }: MemberView, others: readonly MemberView[], term: number): Judgement {
  if (!status) return FINE;
  if (status.term > term) return gone(`${name} has promised term ${status.term}`);
  if (status.postgres === 'stopped') {
    return gone(status.crashed ? `Postgres on ${name} ended` : `${name} restarted`);
  }
  return judgeCommits(name, status, others);
}

function judgeCommits(name: string, status: AgentStatus, others: readonly MemberView[]): Judgement {
  const { sqlAgeMs, commitAgeMs } = status;
  if (commitAgeMs === null || commitAgeMs < HUNG_MS) return FINE;
  if (sqlAgeMs !== null && sqlAgeMs >= HUNG_MS) return gone(`Postgres on ${name} hangs`);
  // Standbys have been connected all the time and acknowledge nothing: the log does not reach the disk.
  const canAcknowledge = others.every(
    ({ contact, streamingMs }) => contact === 'up' && streamingMs >= STUCK_MS,
  );
  return commitAgeMs >= STUCK_MS && canAcknowledge ? gone(`${name} commits nothing any more`) : FINE;
}

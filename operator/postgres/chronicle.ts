// Times one change of primary, from the decision to the route, on the leader's monotonic clock, and makes the entry
// for status.history. An operator that took over in the middle records what it saw.
import type { CastVote } from './ballot.ts';
import { originOf } from './election.ts';
import type { Ballot, Observed } from './observed.ts';
import type { HistoryEntry } from './resource.ts';

export interface Chronicle {
  /** Call on every pass; keeps the first moment of each part. */
  note(observed: Observed, votes: readonly CastVote[], nowMs: number): void;
  /** The entry once `ballot` serves and is routed; null when it has been told already. */
  finish(ballot: Ballot, nowMs: number, now: Date): HistoryEntry | null;
}

interface Running {
  readonly startedMs: number;
  readonly from: string | null;
  /** Monotonic moment of the old primary's last commit that was acknowledged, as far as known. */
  lastCommitMs: number | null;
  /** When a primary that was asked to hand over had done so: until then it serves. */
  handedOverMs: number | null;
  votedMs: number | null;
  promotedMs: number | null;
  votes: readonly CastVote[];
}

export function createChronicle(): Chronicle {
  let running: Running | null = null;
  let lastCommitMs: number | null = null;
  let told = 0;
  return {
    note: (observed, votes, nowMs) => {
      const { ballot } = observed;
      if (!ballot || ballot.stage === 'bootstrap') return;
      if (ballot.stage === 'serving') {
        lastCommitMs = lastCommitOf(observed, ballot.primary, nowMs) ?? lastCommitMs;
        return;
      }
      const from = originOf(ballot) ?? ballot.primary;
      running ??= {
        // A new leader never saw the old primary serve, but its probe heard it: what it said last counts.
        ...{ startedMs: nowMs, from, lastCommitMs: lastCommitMs ?? lastCommitOf(observed, from, nowMs) },
        ...{ handedOverMs: null, votedMs: null, promotedMs: null, votes: [] },
      };
      noteHandOver(running, observed, ballot, nowMs);
      // Only until it is decided: a member that is promoted takes its vote back, others follow and forget theirs.
      if (ballot.stage === 'electing') running.votes = votes;
      if (ballot.stage === 'promoting') notePromotion(running, observed, ballot, nowMs);
    },
    finish: (ballot, nowMs, now) => {
      if (!running || ballot.term === told) return null;
      told = ballot.term;
      const entry = entryOf(running, ballot, nowMs, now);
      running = null;
      return entry;
    },
  };
}

function noteHandOver(running: Running, observed: Observed, { stage, primary }: Ballot, nowMs: number): void {
  if (stage !== 'stopping') running.handedOverMs ??= nowMs;
  else running.lastCommitMs = lastCommitOf(observed, primary, nowMs) ?? running.lastCommitMs;
}

function notePromotion(running: Running, { members }: Observed, ballot: Ballot, nowMs: number): void {
  running.votedMs ??= nowMs;
  const winner = members.find(({ name }) => name === ballot.primary);
  if (winner?.status?.writable) running.promotedMs ??= nowMs;
}

function lastCommitOf({ members }: Observed, member: string | null, nowMs: number): number | null {
  const primary = members.find(({ name }) => name === member);
  const ageMs = primary?.status?.commitAgeMs;
  return ageMs === undefined || ageMs === null ? null : nowMs - (primary?.silentMs ?? 0) - ageMs;
}

function entryOf(running: Running, ballot: Ballot, nowMs: number, now: Date): HistoryEntry {
  const { startedMs, handedOverMs, votedMs, promotedMs, lastCommitMs } = running;
  const part = (from: number | null, to: number | null) =>
    from === null || to === null ? 0 : Math.max(0, Math.round(to - from));
  return {
    term: ballot.term,
    at: now.toISOString(),
    cause: ballot.cause ?? 'unknown',
    from: running.from,
    to: ballot.primary ?? '',
    votes: running.votes.map(({ member, vote }) => ({ member, ...vote })),
    millis: {
      handOver: part(startedMs, handedOverMs),
      vote: part(handedOverMs, votedMs),
      promote: part(votedMs, promotedMs),
      acknowledge: part(promotedMs ?? votedMs, nowMs),
      total: part(handedOverMs, nowMs),
    },
    outageMs: lastCommitMs === null ? null : Math.round(nowMs - lastCommitMs),
    discardedBytes: null,
    rejoined: null,
  };
}

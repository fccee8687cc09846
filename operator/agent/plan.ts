// The agent's own decide(): from the promise and what Postgres is doing to the next single step. Pure, table-tested.
import type { PromiseRecord } from './rules.ts';

export interface Local {
  readonly alive: boolean;
  /** Null while Postgres does not answer queries. */
  readonly inRecovery: boolean | null;
  readonly atEndOfWal: boolean;
  readonly hasWalReceiver: boolean;
  /** standby.signal is there: the next start is a standby. */
  readonly standbySignal: boolean;
  /** Whom the running server was configured to receive from. */
  readonly upstream: string | null;
  /** Roles, database and lineage are in order since the server became writable. */
  readonly settled: boolean;
  /** Of a stopped server, from its control file; null when unknown or running. */
  readonly controlState: string | null;
  /** Every process of the server goes by the commit rule that was promised. */
  readonly ruleInForce: boolean;
  /** How often in a row Postgres ended before it accepted connections. */
  readonly failedStarts: number;
  /** Stopped by this agent with its log known to the standbys: it can run as one of them to be compared. */
  readonly handedOver: boolean;
  /** The server was last started for the term that is promised now: nobody has told it to become a primary. */
  readonly startedForTerm: boolean;
  /** What comes next in its log is gone at the primary that is promised now. */
  readonly outrun: boolean;
  /** A clone failed just now. */
  readonly clonePauses: boolean;
  /** The volume has no room for more WAL. */
  readonly diskFull: boolean;
}

const START_TRIES = 3;

/** What the operator allowed a primary to do since this agent started. Not remembered over a restart. */
export type Leave = 'wait' | 'run' | 'stop';

export type Step =
  | { readonly do: 'nothing' }
  | { readonly do: 'initdb' }
  | { readonly do: 'kill'; readonly why: string }
  | { readonly do: 'handOver' }
  | { readonly do: 'start'; readonly as: 'primary' | 'standby'; readonly upstream: string | null }
  | { readonly do: 'setUpstream'; readonly upstream: string | null }
  | { readonly do: 'killWalReceiver' }
  | { readonly do: 'applyRule' }
  | { readonly do: 'beginTerm' }
  | { readonly do: 'promote' }
  | { readonly do: 'settle' }
  | { readonly do: 'compare' }
  | { readonly do: 'compareStopped' }
  | { readonly do: 'clone'; readonly from: string }
  | { readonly do: 'forked' }
  | { readonly do: 'replaceFork'; readonly from: string }
  | { readonly do: 'giveUp' };

const NOTHING: Step = { do: 'nothing' };

export function plan(record: PromiseRecord, local: Local, leave: Leave): Step {
  if (waitsForRoom(record, local)) return NOTHING;
  if (!local.alive && local.failedStarts >= START_TRIES) return { do: 'giveUp' };
  switch (record.role) {
    case 'none':
      return local.alive ? { do: 'kill', why: 'nothing promised' } : NOTHING;
    case 'frozen':
      return planFrozen(record, local);
    case 'primary':
      return planPrimary(record, local, leave);
    case 'standby':
      return planStandby(record, local, record.primary ?? '');
  }
}

/** A stopped member: it would end again at once. A primary that is told to run is the last resort, and may try. */
function waitsForRoom({ role }: PromiseRecord, { alive, diskFull }: Local): boolean {
  return !alive && diskFull && role !== 'primary';
}

function planFrozen(record: PromiseRecord, local: Local): Step {
  if (wasPromotedByHand(record, local)) return { do: 'forked' };
  if (!local.alive) {
    // A stopped former primary votes without running: it holds everything it ever acknowledged.
    const canVoteOnlyRunning = record.data === 'whole' && record.wroteTerm === null;
    return canVoteOnlyRunning ? { do: 'start', as: 'standby', upstream: null } : NOTHING;
  }
  if (record.wroteTerm !== null) return { do: 'kill', why: `frozen for term ${record.term}` };
  const cut = cutOff(local);
  if (cut.do !== 'nothing' || local.inRecovery === null) return cut;
  // Beside the vote, so that the winner need not wait for it.
  return local.ruleInForce ? NOTHING : { do: 'applyRule' };
}

/** Until nothing is received any more. */
function cutOff(local: Local): Step {
  if (local.upstream !== null) return { do: 'setUpstream', upstream: null };
  if (local.inRecovery === null) return NOTHING;
  if (!local.inRecovery) return { do: 'forked' };
  return local.hasWalReceiver ? { do: 'killWalReceiver' } : NOTHING;
}

/**
 * Stopped since: a promotion takes standby.signal away, and nothing else does from a member that never wrote. Started
 * as a standby again it would wait for WAL of a timeline that no primary has.
 */
function wasPromotedByHand({ data, wroteTerm }: PromiseRecord, { alive, standbySignal }: Local): boolean {
  return !alive && data === 'whole' && wroteTerm === null && !standbySignal;
}

function planPrimary(record: PromiseRecord, local: Local, leave: Leave): Step {
  if (leave === 'stop') return local.alive ? { do: 'handOver' } : NOTHING;
  if (!local.alive) return leave === 'wait' ? NOTHING : planPrimaryStart(record, local);
  if (local.inRecovery === null) return NOTHING;
  // Before it is promoted: its first commit must not be acknowledged by fewer than the voters rely on.
  if (!local.ruleInForce) return { do: 'applyRule' };
  if (!local.inRecovery) return local.settled ? NOTHING : { do: 'settle' };
  return planPromotion(record, local);
}

function planPromotion(record: PromiseRecord, local: Local): Step {
  if (local.upstream !== null) return { do: 'setUpstream', upstream: null };
  if (hasBegun(record)) return { do: 'promote' };
  return local.atEndOfWal ? { do: 'beginTerm' } : NOTHING;
}

function planPrimaryStart(record: PromiseRecord, local: Local): Step {
  // Only a set that has no database yet: whatever else lies there is not its own to throw away.
  if (record.data !== 'whole') return record.systemId === null ? { do: 'initdb' } : NOTHING;
  // Elected, but not promoted before Postgres or the agent ended: start as the standby it was.
  if (local.standbySignal) return { do: 'start', as: 'standby', upstream: null };
  return hasBegun(record) ? { do: 'start', as: 'primary', upstream: null } : { do: 'beginTerm' };
}

/** Whether it is noted where the log of its term begins. */
function hasBegun({ lineage, term }: PromiseRecord): boolean {
  return lineage.at(-1)?.term === term;
}

function planStandby(record: PromiseRecord, local: Local, primary: string): Step {
  if (record.data !== 'whole') return planCopy(record, local, primary);
  if (wasPromotedByHand(record, local)) return { do: 'forked' };
  const first = record.pending ? planPending(record, local, primary) : null;
  if (first !== null) return first;
  if (!local.alive) return { do: 'start', as: 'standby', upstream: primary };
  if (local.inRecovery === null) return NOTHING;
  if (!local.inRecovery) return { do: 'forked' };
  if (local.upstream !== primary) return { do: 'setUpstream', upstream: primary };
  return local.ruleInForce ? NOTHING : { do: 'applyRule' };
}

/** What must be done before it may follow. Null: outrun, but not to be cloned yet; what it has can be read, and votes. */
function planPending(record: PromiseRecord, local: Local, primary: string): Step | null {
  if (!local.outrun) return planCompare(record, local);
  return record.pending?.mayReplaceData === true ? planReplacement(local, primary) : null;
}

function planReplacement({ alive, clonePauses }: Local, primary: string): Step {
  if (alive) return { do: 'kill', why: 'what comes next is gone at its source' };
  return clonePauses ? NOTHING : { do: 'clone', from: primary };
}

function planCopy(record: PromiseRecord, local: Local, primary: string): Step {
  if (local.alive) return { do: 'kill', why: `data is ${record.data}` };
  if (local.clonePauses) return NOTHING;
  const nothingToLose = record.data === 'empty' || record.pending?.mayReplaceData === true;
  if (record.data === 'forked') return nothingToLose ? { do: 'replaceFork', from: primary } : NOTHING;
  return nothingToLose ? { do: 'clone', from: primary } : NOTHING;
}

/** What must be done before its log can be compared; null: its server runs as a standby, or can. */
function planFormerPrimary({ term }: PromiseRecord, local: Local): Step | null {
  if (local.alive) {
    return local.startedForTerm ? null : { do: 'kill', why: `no longer primary, term ${term}` };
  }
  // Elected but never got as far as writing, or handed over and ran as a standby since: a standby's data.
  const isStandbys = local.standbySignal && local.controlState !== 'in production';
  return isStandbys ? null : { do: 'compareStopped' };
}

/** Before a member receives anything from a new primary, its own log must be known to be a part of the primary's. */
function planCompare(record: PromiseRecord, local: Local): Step {
  const isFormerPrimarys = record.wroteTerm !== null && !local.handedOver;
  const first = isFormerPrimarys ? planFormerPrimary(record, local) : null;
  if (first !== null) return first;
  if (!local.alive) return { do: 'start', as: 'standby', upstream: null };
  const cut = cutOff(local);
  if (cut.do !== 'nothing') return cut;
  return local.atEndOfWal ? { do: 'compare' } : NOTHING;
}

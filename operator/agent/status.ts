// The agent's status as others see it, derived from its state.
import { logTerm } from './lineage.ts';
import type { Lsn } from './lsn.ts';
import type { AgentStatus, PostgresState, Vote } from './protocol.ts';
import { ruleProgress } from './rule-in-force.ts';
import type { Machine } from './state.ts';

/** The vote this member can give now, or null. A vote once given for a term stays as it was. */
export function currentVote(machine: Machine): Vote | null {
  const { record } = machine;
  if (record.role !== 'frozen' || record.data !== 'whole') return null;
  if (machine.vote?.term === record.term) return machine.vote;
  return record.wroteTerm === null ? standbyVote(machine) : primaryVote(machine, record.wroteTerm);
}

/** A stopped former primary holds everything it ever acknowledged. */
function primaryVote({ record, process, control }: Machine, wroteTerm: number): Vote | null {
  if (process.alive() || !control) return null;
  return { term: record.term, logTerm: wroteTerm, lsn: control.checkpointLsn, complete: true };
}

/**
 * Sessions are told of a reload a moment before the process that starts receivers: until a second look, one could begin to
 * receive from the former primary, and acknowledge what this vote would not tell of.
 */
const LOOKS = 2;

/** The end of a standby's log, once nothing comes in any more and everything that came in is replayed. */
export function endOfLog({ process, upstream, looksCutOff, sample }: Machine): Lsn | null {
  if (!process.alive() || upstream !== null || looksCutOff < LOOKS || !sample?.inRecovery) return null;
  return sample.atEndOfWal && sample.walReceiverPid === null ? sample.replayLsn : null;
}

function standbyVote(machine: Machine): Vote | null {
  const { record } = machine;
  const lsn = endOfLog(machine);
  if (lsn === null) return null;
  return { term: record.term, logTerm: logTerm(record.lineage, lsn), lsn, complete: false };
}

export function statusOf(machine: Machine, nowMs: number): AgentStatus {
  const { record, settings } = machine;
  return {
    name: settings.name,
    bootId: machine.bootId,
    term: record.term,
    role: record.role,
    ...{ primary: record.primary, primaryAddress: record.primaryAddress },
    systemId: record.systemId,
    data: record.data,
    lineage: record.lineage,
    pending: record.pending !== null,
    vote: machine.vote,
    terminating: machine.terminating,
    task: machine.task,
    lastError: machine.lastError,
    rejoin: machine.rejoin,
    fork: record.fork,
    rule: ruleProgress(machine),
    backup: machine.backupStatus(),
    passwords: machine.passwordsInForce(),
    disk: machine.disk,
    ...postgresFacts(machine, nowMs),
  };
}

type PostgresFacts = Pick<
  AgentStatus,
  | 'postgres'
  | 'crashed'
  | 'writable'
  | 'lsn'
  | 'replayLsn'
  | 'streaming'
  | 'servingTerm'
  | 'commitAgeMs'
  | 'sqlAgeMs'
  | 'standbys'
>;

function postgresFacts(machine: Machine, nowMs: number): PostgresFacts {
  const { sample } = machine;
  const since = (atMs: number | null): number | null => (atMs === null ? null : Math.round(nowMs - atMs));
  return {
    postgres: postgresState(machine),
    crashed: machine.crashed,
    servingTerm: machine.servingTerm,
    commitAgeMs: since(machine.acknowledgedAtMs),
    sqlAgeMs: machine.process.alive() ? since(machine.answeredAtMs) : null,
    ...(sample
      ? {
          writable: !sample.inRecovery,
          lsn: sample.lsn,
          replayLsn: sample.replayLsn,
          streaming: sample.walReceiverStreaming && machine.upstream !== null,
          standbys: sample.standbys,
        }
      : {
          writable: false,
          lsn: machine.control?.checkpointLsn ?? null,
          replayLsn: null,
          streaming: false,
          standbys: [],
        }),
  };
}

function postgresState(machine: Machine): PostgresState {
  if (!machine.process.alive()) return 'stopped';
  if (machine.stopping) return 'stopping';
  return machine.sample ? 'running' : 'starting';
}

/** Null when this member can serve its role, otherwise why not: what the readiness probe answers. */
export function notReadyBecause(machine: Machine): string | null {
  const { record, sample } = machine;
  if (!machine.process.alive() || !sample) return 'Postgres does not answer';
  if (record.role === 'primary') {
    return machine.servingTerm === record.term ? null : 'no commit acknowledged by a standby yet';
  }
  if (record.role === 'standby') return sample.walReceiverStreaming ? null : 'not streaming';
  return `role ${record.role}`;
}

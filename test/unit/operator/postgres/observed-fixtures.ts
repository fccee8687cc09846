// What decide() may be given, in few words.
import type { AgentStatus, Vote } from '../../../../operator/agent/protocol.ts';
import type {
  Ballot,
  Contact,
  Decision,
  MemberView,
  Observed,
} from '../../../../operator/postgres/observed.ts';
import { stableQuorum } from '../../../../operator/postgres/quorum.ts';

const THREE = ['pg-0', 'pg-1', 'pg-2'];
export const LINEAGE = [{ term: 5, startLsn: '0/0' }];

export function status(name: string, changes: Partial<AgentStatus> = {}): AgentStatus {
  return {
    ...{ name, bootId: 'b', term: 5, role: 'standby', primary: 'pg-0', systemId: '7', data: 'whole' },
    ...{ lineage: LINEAGE, pending: false, postgres: 'running', crashed: false, writable: false },
    ...{ lsn: '0/500', replayLsn: '0/500', streaming: true, vote: null, servingTerm: 0, commitAgeMs: null },
    ...{
      sqlAgeMs: 10,
      standbys: [],
      terminating: false,
      task: null,
      lastError: null,
      rejoin: null,
      fork: null,
      backup: null,
      passwords: null,
      disk: null,
    },
    ...changes,
  };
}

export function member(
  name: string,
  changes: Partial<AgentStatus> = {},
  view: Partial<MemberView> = {},
): MemberView {
  return {
    ...{
      name,
      contact: 'up',
      address: null,
      silentMs: 10,
      walStillMs: 10,
      streamingMs: 60_000,
      leaving: false,
      outdated: false,
    },
    status: status(name, changes),
    ...view,
  };
}

export const serving: Partial<AgentStatus> = {
  ...{ role: 'primary', primary: null, writable: true, streaming: false, servingTerm: 5, commitAgeMs: 100 },
  standbys: ['pg-1', 'pg-2'].map((name) => ({ name, state: 'streaming', flushLsn: '0/500', lagBytes: 0 })),
};
export const primary = (changes: Partial<AgentStatus> = {}, view: Partial<MemberView> = {}) =>
  member('pg-0', { ...serving, ...changes }, view);
export const one = member('pg-1');
export const two = member('pg-2');
export const away = (name: string, contact: Contact) => member(name, {}, { contact, walStillMs: 5000 });

export function ballot(changes: Partial<Ballot> = {}): Ballot {
  return { term: 5, stage: 'serving', primary: 'pg-0', from: null, cause: null, startedAt: null, ...changes };
}

export function observed(members: readonly MemberView[], changes: Partial<Observed> = {}): Observed {
  return {
    ...{ members, ballot: ballot(), systemId: '7', paused: false, switchover: null, switchoverDone: null },
    ...{ allowDataLoss: null, restore: null, forks: [], stageMs: 100, now: '2026-01-01T00:00:00Z' },
    ...{ readers: [], wanted: THREE, quorum: stableQuorum(THREE, 0), quorumMs: 100 },
    ...changes,
  };
}

/** "write electing 6" or "send pg-1 freeze 6", in order. */
export function summary({ actions }: Decision): readonly string[] {
  return actions.map((action) =>
    action.do === 'replace'
      ? `replace ${action.member}`
      : action.do === 'write'
        ? `write ${action.ballot.stage} ${action.ballot.term} ${action.ballot.primary ?? '-'}`
        : `send ${action.to} ${action.command.kind} ${action.command.term}`,
  );
}

export const vote = (lsn: string, changes: Partial<Vote> = {}): Vote => ({
  term: 6,
  logTerm: 5,
  lsn,
  complete: false,
  ...changes,
});
export const frozen = (name: string, lsn: string, changes: Partial<Vote> = {}) =>
  member(name, { term: 6, role: 'frozen', primary: null, streaming: false, vote: vote(lsn, changes) });

// What people read in the resource: columns, members, conditions. Derived whole on every pass, so that it can never
// say healthy about a member that does not stream.
import { setCondition } from '../runtime/conditions.ts';
import type { Condition, NewCondition } from '../runtime/conditions.ts';
import { servingPrimary } from './backup/backup-pass.ts';
import { backupConditions, backupReport } from './backup/backup-report.ts';
import type { BackupReport } from './backup/backup-report.ts';
import { diskCondition, isFull } from './disk-pressure.ts';
import { isFollowing, votersOf } from './ballot.ts';
import { forkCondition, recordForks } from './forks.ts';
import type { Decision, MemberView, Observed } from './observed.ts';
import type { HistoryEntry, PostgresSet, PostgresSetStatus } from './resource.ts';

export function reportOf(
  set: PostgresSet,
  observed: Observed,
  decision: Decision,
  history: readonly HistoryEntry[],
  more: readonly NewCondition[] = [],
): PostgresSetStatus {
  const { ballot, members } = observed;
  const primary = members.find(({ name }) => name === ballot?.primary && ballot.stage === 'serving');
  const standbys = members.filter((member) => member.name !== ballot?.primary && isStreaming(member));
  const ready = standbys.length + (isServing(observed, primary) ? 1 : 0);
  const last = history.find(({ cause }) => cause !== 'bootstrap');
  const generation = set.metadata.generation;
  const backup = backupOf(set, observed);
  return {
    ...(generation !== undefined && { observedGeneration: generation }),
    phase: decision.phase,
    sync: `${standbys.length}/${members.length - 1}`,
    ready: `${ready}/${members.length}`,
    lag: lagOf(primary),
    lastFailover: last?.at ?? null,
    outage: typeof last?.outageMs !== 'number' ? null : `${(last.outageMs / 1000).toFixed(2)} s`,
    voters: observed.quorum.voters,
    readReplicas: readersOf(observed),
    members: [...members, ...observed.readers].map(describeMember),
    conditions: conditionsOf(set, observed, [
      ...newConditions(observed, decision, ready),
      ...more,
      ...backupConditions(set.spec.backup ?? null, servingPrimary(observed), backup),
    ]),
    history: withRejoins(history, members).slice(0, 20),
    forks: recordForks(observed.forks, members, observed.now),
    backup,
  };
}

function backupOf({ spec, status, metadata }: PostgresSet, observed: Observed): BackupReport | null {
  const { backup: previous = null } = status ?? {};
  const { backup = null } = spec;
  return backupReport({ set: metadata.name, spec: backup, primary: servingPrimary(observed), previous });
}

function conditionsOf(
  { status }: PostgresSet,
  { now }: Observed,
  next: readonly NewCondition[],
): readonly Condition[] {
  const previous = status?.conditions ?? [];
  return next.reduce((list, condition) => setCondition(list, condition, new Date(now)), previous);
}

/** Those that stream, of all; null without any. */
function readersOf({ readers }: Observed): string | null {
  return readers.length === 0 ? null : `${readers.filter(isStreaming).length}/${readers.length}`;
}

function isStreaming(member: MemberView): boolean {
  return isFollowing(member) && member.status?.data === 'whole' && !isFull(member);
}

function isServing({ ballot }: Observed, primary: MemberView | undefined): boolean {
  return primary?.contact === 'up' && primary.status?.servingTerm === ballot?.term;
}

/** Rounded up to whole 8 kB pages: a figure that changes with every byte would be written all the time. */
function lagOf(primary: MemberView | undefined): string {
  const lags = (primary?.status?.standbys ?? []).map(({ lagBytes }) => lagBytes ?? 0);
  if (lags.length === 0) return '-';
  const worst = Math.max(...lags);
  return worst < 64 * 1024 ? '0' : `${Math.ceil(worst / (64 * 1024)) * 64} kB`;
}

function describeMember({ name, contact, status }: MemberView): object {
  const known = status && {
    role: status.role,
    term: status.term,
    postgres: status.postgres,
    data: status.data,
    streaming: status.streaming,
    ...(status.disk?.full === true && { disk: `full, ${status.disk.freeMib} MiB free` }),
    ...(status.task !== null && { task: status.task }),
    ...(status.lastError !== null && { lastError: status.lastError.slice(0, 300) }),
  };
  return { name, contact, ...known };
}

function withRejoins(
  history: readonly HistoryEntry[],
  members: readonly MemberView[],
): readonly HistoryEntry[] {
  return history.map((entry) => {
    const rejoin = members.find(({ name }) => name === entry.from)?.status?.rejoin;
    // A member that was away for more than one change comes back in a later term.
    if (typeof entry.rejoined === 'string' || !rejoin || rejoin.term < entry.term) return entry;
    return {
      ...entry,
      rejoined: `${rejoin.method} in ${rejoin.tookMs} ms`,
      discardedBytes: rejoin.discardedBytes,
    };
  });
}

function newConditions(observed: Observed, decision: Decision, ready: number): readonly NewCondition[] {
  const { members, ballot, quorum } = observed;
  const isWritable = ballot?.stage === 'serving' && ready > quorum.acks;
  const standbysUp = votersOf(observed).filter(
    ({ name, contact }) => name !== ballot?.primary && contact === 'up',
  ).length;
  const canFail = standbysUp >= quorum.votes;
  return [
    yesNo(
      'Ready',
      ready === members.length,
      'AllServing',
      'MembersMissing',
      `${ready} of ${members.length} serve`,
    ),
    yesNo(
      'WritesAvailable',
      isWritable,
      'Serving',
      decision.phase,
      decision.blocked ?? `stage ${ballot?.stage ?? 'none'}`,
    ),
    yesNo('FailoverPossible', canFail, 'Majority', 'NoMajority', `${standbysUp} standbys answer`),
    yesNo('Blocked', decision.blocked !== null, 'Blocked', 'NotBlocked', decision.blocked ?? ''),
    yesNo(
      'OperatorConnectivity',
      decision.connectivity === null,
      'Reached',
      'OnlyOperatorCutOff',
      decision.connectivity ?? '',
    ),
    yesNo('Paused', observed.paused, 'PausedBySpec', 'NotPaused', ''),
    forkCondition(members),
    diskCondition(members),
  ];
}

function yesNo(type: string, is: boolean, yes: string, no: string, message: string): NewCondition {
  return { type, status: is ? 'True' : 'False', reason: is ? yes : no, message };
}

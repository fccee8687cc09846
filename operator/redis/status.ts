// The custom resource's status: what `kubectl get redissets` and `kubectl describe` say, drawn from one look.
import { setCondition } from '../runtime/conditions.ts';
import type { Condition, NewCondition } from '../runtime/conditions.ts';
import { silenceOf } from './defects.ts';
import type { Failover } from './history.ts';
import type { Member, Observed, Verdict } from './model.ts';
import { majority } from './model.ts';

export interface MemberStatus {
  readonly name: string;
  readonly role: string;
  readonly term: number;
  readonly sequence: number;
  readonly offset: number;
  readonly priority: number;
}

export interface RedisSetStatus {
  readonly phase: string;
  readonly master?: string;
  readonly message: string;
  readonly epoch: number;
  /** Highest term ever seen; decides after a full restart whose data may be trusted. */
  readonly term: number;
  readonly ready: string;
  readonly replicas: string;
  readonly sentinels: string;
  readonly members: readonly MemberStatus[];
  readonly conditions: readonly Condition[];
  readonly lastFailover?: Failover;
  /** Newest first. */
  readonly history: readonly Failover[];
  /** The last spec.switchover.id that was carried out or refused. */
  readonly switchoverId?: string;
  readonly observedGeneration?: number;
}

const remembered = 10;

export interface StatusInput {
  readonly observed: Observed;
  readonly verdict: Verdict;
  readonly previous: Partial<RedisSetStatus>;
  readonly failover: Failover | undefined;
  /** Who still uses a password that the Secret has no more; empty when nobody does. */
  readonly rotating: readonly string[];
  readonly switchoverId: string | undefined;
  readonly generation: number | undefined;
  readonly now: Date;
}

export function statusOf(input: StatusInput): RedisSetStatus {
  const { observed, verdict, previous, failover, generation } = input;
  const { members, sentinels } = observed;
  const history = [...(failover ? [failover] : []), ...(previous.history ?? [])].slice(0, remembered);
  const ready = members.filter((member) => isReady(member)).length;
  const replicas = onlineReplicas(observed, verdict);
  const watching = sentinels.filter(({ watched }) => watched !== undefined).length;
  const lastFailover = failover ?? previous.lastFailover;
  return {
    phase: verdict.phase,
    ...(verdict.master !== undefined && { master: verdict.master }),
    message: verdict.message,
    epoch: verdict.epoch,
    term: Math.max(previous.term ?? 0, ...members.map(({ answer }) => answer?.term ?? 0)),
    ready: `${ready}/${members.length}`,
    replicas: `${replicas}/${members.length - 1}`,
    sentinels: `${watching}/${sentinels.length}`,
    members: members.map(memberStatus),
    conditions: conditionsOf(input, replicas),
    ...(lastFailover && { lastFailover }),
    history,
    ...(input.switchoverId !== undefined && { switchoverId: input.switchoverId }),
    ...(generation !== undefined && { observedGeneration: generation }),
  };
}

/** Whether the difference is worth a write: sequence and offset move all the time and are in the metrics. */
export function differs(a: Partial<RedisSetStatus>, b: RedisSetStatus): boolean {
  const still = (status: Partial<RedisSetStatus>): string =>
    JSON.stringify(
      { ...status, members: status.members?.map(({ name, role, term }) => [name, role, term]) },
      sorted,
    );
  return still(a) !== still(b);
}

/** Objects come back from the API with their fields in another order. */
function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => a.localeCompare(b)));
}

function memberStatus({ name, answer, error }: Member): MemberStatus {
  if (answer === undefined) {
    return {
      name,
      role: error === undefined ? 'unknown' : 'silent',
      term: 0,
      sequence: 0,
      offset: 0,
      priority: 0,
    };
  }
  const { term, sequence, offset, priority } = answer;
  return { name, role: answer.gated ? 'gated' : answer.role, term, sequence, offset, priority };
}

function isReady({ answer }: Member): boolean {
  return answer !== undefined && !answer.gated && !answer.loading && answer.linkUp && !answer.syncing;
}

function onlineReplicas(observed: Observed, verdict: Verdict): number {
  const master = observed.members.find(({ name }) => name === verdict.master);
  return master?.answer?.replicas.filter(({ online }) => online).length ?? 0;
}

type MakeCondition = (type: string, holds: boolean, reason: string, text?: string) => NewCondition;

/** A node that knows another password, or lacks a user, is up and yet useless: said apart from every other defect. */
function credentials({ observed }: StatusInput, condition: MakeCondition): NewCondition {
  const rejecting = [...observed.members, ...observed.sentinels].filter(
    ({ silence }) => silence === 'rejects',
  );
  const lacking = observed.members.filter(({ answer }) => (answer?.missingUsers.length ?? 0) > 0);
  const texts = [
    ...rejecting.map(silenceOf),
    ...lacking.map(({ name, answer }) => `${name} has no ACL user ${answer?.missingUsers.join(', ') ?? ''}`),
  ];
  if (texts.length === 0) return condition('CredentialsAccepted', true, 'EveryoneLetsUsIn', '');
  const reason = rejecting.length > 0 ? 'WrongPassword' : 'UnknownUser';
  return condition('CredentialsAccepted', false, reason, texts.join('; '));
}

/** True while both the old and the new passwords are accepted, and whom the old ones are kept for. */
function rotation({ rotating }: StatusInput, condition: MakeCondition): NewCondition {
  const holds = rotating.length > 0;
  const text = holds ? `the old passwords are still accepted, for ${rotating.join('; ')}` : '';
  return condition('RotatingPasswords', holds, holds ? 'OldOnesInUse' : 'OnlyTheSecrets', text);
}

function conditionsOf(input: StatusInput, replicas: number): readonly Condition[] {
  const { observed, verdict, previous, generation, now } = input;
  const answering = observed.sentinels.filter(({ reachable }) => reachable).length;
  const { message, phase } = verdict;
  const condition: MakeCondition = (type, holds, reason, text = message) => ({
    ...{ type, status: holds ? 'True' : 'False', reason, message: text },
    ...(generation !== undefined && { observedGeneration: generation }),
  });
  const available = verdict.master !== undefined && replicas > 0;
  const quorum = answering >= majority(observed.sentinels.length);
  const next = [
    condition('Available', available, available ? 'MasterTakesWrites' : phase),
    condition('Degraded', phase !== 'Healthy', phase),
    condition('SplitBrain', phase === 'SplitBrain', phase === 'SplitBrain' ? 'TwoMasters' : 'OneMaster'),
    condition('BelowWriteQuorum', replicas === 0, replicas === 0 ? 'NoReplica' : 'ReplicaAttached'),
    credentials(input, condition),
    rotation(input, condition),
    condition('SentinelQuorum', quorum, quorum ? 'MajorityAnswers' : 'MajoritySilent'),
    condition('Ready', available && phase === 'Healthy', phase),
  ];
  return next.reduce((list, each) => setCondition(list, each, now), previous.conditions ?? []);
}

// Tells people: log lines and Kubernetes events for what changed and what was done. Never a password, never the
// same thing at every look.
import type { ControllerContext } from '../runtime/controller.ts';
import type { KubeObject } from '../runtime/api.ts';
import type { Failover } from './history.ts';
import type { Action } from './model.ts';
import type { Done, PassResult } from './pass.ts';
import type { RedisSetStatus } from './status.ts';

export interface News {
  readonly result: PassResult;
  readonly failover: Failover | undefined;
  readonly before: Partial<RedisSetStatus>;
}

export function announce(context: ControllerContext, set: KubeObject, news: News): void {
  const { verdict, done } = news.result;
  for (const each of done) announceAction(context, set, each);
  if (verdict.phase !== news.before.phase) announcePhase(context, set, news);
  if (news.failover) announceFailover(context, set, news.failover);
}

function announceAction({ log, events }: ControllerContext, set: KubeObject, done: Done): void {
  const { action, error, steps, durationMs } = done;
  const details = { set: set.metadata.name, action, durationMs: Math.round(durationMs), steps };
  // A new master has no replica for a moment: that its term cannot be written yet is no news.
  const isExpected = action.kind === 'term';
  if (error) log[isExpected ? 'debug' : 'warn']({ ...details, error: describe(error) }, 'action failed');
  else log.info(details, 'action done');
  if (error && isExpected) return;
  events.record(set, {
    type: error ? 'Warning' : 'Normal',
    reason: error ? `${titles[action.kind]}Failed` : titles[action.kind],
    action: titles[action.kind],
    note: `${subject(action)}: ${error ? describe(error) : action.why}`,
  });
}

const titles: Readonly<Record<Action['kind'], string>> = {
  bless: 'MasterBlessed',
  monitor: 'SentinelTold',
  follow: 'MemberTold',
  fence: 'MemberFenced',
  unfence: 'FenceLifted',
  priority: 'PrioritySet',
  term: 'TermWritten',
  elect: 'MasterElected',
  switch: 'MasterSwitched',
  release: 'SentinelReleased',
  reset: 'SentinelReset',
};

function subject(action: Action): string {
  switch (action.kind) {
    case 'monitor':
    case 'release':
    case 'reset':
      return action.sentinel;
    case 'switch':
      return `${action.from} to ${action.to}`;
    case 'follow':
      return `${action.member} follows ${action.address}`;
    default:
      return action.member;
  }
}

function announcePhase({ log, events }: ControllerContext, set: KubeObject, news: News): void {
  const { phase, message } = news.result.verdict;
  log.info({ set: set.metadata.name, phase, message }, 'phase');
  const type = phase === 'Healthy' || phase === 'Starting' ? 'Normal' : 'Warning';
  events.record(set, { type, reason: phase, action: 'Observe', note: message });
}

function announceFailover({ log, events }: ControllerContext, set: KubeObject, failover: Failover): void {
  const { from, to, outage, reason } = failover;
  log.info({ set: set.metadata.name, failover }, 'failover');
  const note = `${from} to ${to} in ${outage}: ${reason}`;
  events.record(set, { type: 'Normal', reason: 'Failover', action: 'Failover', note });
}

function describe(error: Error): string {
  const { cause } = error;
  const because = cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : '';
  return because === '' || error.message.includes(because) ? error.message : `${error.message}: ${because}`;
}

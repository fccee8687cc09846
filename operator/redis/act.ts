// Does what was decided. Each action is one short conversation with deadlines; one that fails is reported and
// decided anew at the next look. The two that take several steps (elect, switch) have files of their own.
import { elect } from './elect.ts';
import { release } from './hold.ts';
import type { Command } from './links.ts';
import type { Action } from './model.ts';
import { sequenceKey, termKey, termMasterKey } from './observe.ts';
import { patienceMs } from './patience.ts';
import { switchMaster } from './switch.ts';
import { closeClients, openGate, setMinReplicas, setPriority, tellMember, tellSentinel } from './tell.ts';
import type { ActionContext, SetSettings, Steps } from './tell.ts';

/** @returns the steps' durations, for actions that have steps. Throws what went wrong, naming the node. */
export async function act(context: ActionContext, action: Action): Promise<Steps | undefined> {
  switch (action.kind) {
    case 'elect':
      return elect(context, action.member);
    case 'bless':
      await tellMember(context, action.member, memberCommands(action));
      await reattach(context, action.member);
      return undefined;
    case 'switch':
      return switchMaster(context, action.from, action.to);
    case 'monitor':
      await tellSentinel(context, action.sentinel, monitorCommands(context.set, action));
      return undefined;
    case 'release':
      await release(context, action.sentinel);
      return undefined;
    case 'reset':
      await tellSentinel(context, action.sentinel, [['sentinel', 'reset', context.set.masterName]]);
      return undefined;
    default:
      await tellMember(context, action.member, memberCommands(action));
      return undefined;
  }
}

/**
 * A master that was restarted at its address leaves its replicas on a connection that nobody ends: they would notice
 * after repl-timeout, 15 s in which no write is acknowledged. One that does not answer has no such connection.
 */
async function reattach(context: ActionContext, master: string): Promise<void> {
  const replicas = context.set.members.filter(({ name }) => name !== master);
  const killed = replicas.map(({ name }) =>
    tellMember(context, name, [['client', 'kill', 'type', 'master']]).catch(() => undefined),
  );
  await Promise.all(killed);
}

type MonitorAction = Extract<Action, { kind: 'monitor' }>;
type MemberAction = Exclude<Action, { kind: 'elect' | 'switch' | 'monitor' | 'release' | 'reset' }>;

function memberCommands(action: MemberAction): readonly Command[] {
  switch (action.kind) {
    case 'bless':
      return [['replicaof', 'no', 'one'], setPriority(100), setMinReplicas(1), ...openGate, ...closeClients];
    case 'follow':
      // The fence is lifted only where it does no harm any more: on a replica.
      return [
        setPriority(0),
        ['replicaof', action.address, 6379],
        setMinReplicas(1),
        ...openGate,
        ...closeClients,
      ];
    case 'fence':
      // Who reads must not stay either: it would not see what the master has acknowledged since.
      return [setMinReplicas(99), ...closeClients];
    case 'unfence':
      return [setMinReplicas(1)];
    case 'priority':
      return [setPriority(action.value)];
    case 'term':
      return [
        ['mset', termKey, action.term, termMasterKey, action.member],
        ['incr', sequenceKey],
      ];
  }
}

/** Sentinel cannot change a master's address: it forgets the old one (an error when there is none) and starts anew. */
function monitorCommands(set: SetSettings, { sentinel, address }: MonitorAction): readonly Command[] {
  const name = set.masterName;
  const quorum = Math.floor(set.sentinels.length / 2) + 1;
  const periodMs = patienceMs(set, sentinel);
  return [
    ['sentinel', 'remove', name],
    ['sentinel', 'monitor', name, address, 6379, quorum],
    ['sentinel', 'set', name, 'auth-user', 'sentinel', 'auth-pass', set.sentinelPassword()],
    ['sentinel', 'set', name, 'down-after-milliseconds', periodMs],
    ['sentinel', 'set', name, 'failover-timeout', set.failoverTimeoutMs, 'parallel-syncs', 1],
    ['sentinel', 'set', name, 'master-reboot-down-after-period', periodMs],
  ];
}

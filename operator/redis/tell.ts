// Speaking to one node: a few commands in one go, the first error thrown with the node's name and never with a
// password. Shared by the actions.
import { portOf } from './links.ts';
import type { Command, Links } from './links.ts';
import type { NodeAddress } from './model.ts';
import type { SetAddresses } from './observe.ts';

export interface SetSettings extends SetAddresses {
  readonly downAfterMs: number;
  readonly failoverTimeoutMs: number;
  /** The password Sentinels log in to members with. */
  readonly sentinelPassword: () => string;
}

export interface ActionContext {
  readonly links: Links;
  readonly set: SetSettings;
  readonly nowMs: () => number;
}

/** Milliseconds of each step of a failover, for the history. */
export type Steps = Readonly<Record<string, number>>;

export const setPriority = (value: number): Command => ['config', 'set', 'replica-priority', value];
export const setMinReplicas = (count: number): Command => ['config', 'set', 'min-replicas-to-write', count];
/** Nothing listens there, and nothing ever will: who follows it waits, and keeps its data, its stream and its replicas. */
export const nobody: Command = ['replicaof', '127.0.0.1', 1];
/** The app last: it must find replicas and Sentinels already let in. */
export const openGate: readonly Command[] = ['replica', 'sentinel', 'app'].map((user): Command => [
  'acl',
  'setuser',
  user,
  'on',
]);

/**
 * All clients dial anew, and ask the Sentinels first. Who dialled while the gate was closed was refused its login and
 * keeps the connection all the same: a Sentinel for 15 s, in which it takes the member for dead.
 */
export const closeClients: readonly Command[] = ['normal', 'pubsub'].map((type): Command => [
  'client',
  'kill',
  'type',
  type,
  'skipme',
  'yes',
]);

export async function tellMember(
  { links, set }: ActionContext,
  name: string,
  commands: readonly Command[],
): Promise<readonly unknown[]> {
  const replies = await links.ask(portOf('member', nodeNamed(set.members, name)), commands);
  throwFirstError(name, commands, replies);
  return replies;
}

export async function tellSentinel(
  { links, set }: ActionContext,
  name: string,
  commands: readonly Command[],
): Promise<void> {
  const replies = await links.ask(portOf('sentinel', nodeNamed(set.sentinels, name)), commands);
  // "No such master with that name" is what a first REMOVE answers.
  const told = commands.map((command, index) => (command[1] === 'remove' ? 'OK' : replies[index]));
  throwFirstError(name, commands, told);
}

function throwFirstError(name: string, commands: readonly Command[], replies: readonly unknown[]): void {
  const index = replies.findIndex((reply) => reply instanceof Error);
  if (index < 0) return;
  const cause = replies[index];
  // Never the whole command: it may hold a password.
  const command = commands[index]?.slice(0, 2).join(' ') ?? '';
  throw new Error(`redis/${name}: ${command}: ${cause instanceof Error ? cause.message : ''}`, { cause });
}

export function nodeNamed(nodes: readonly NodeAddress[], name: string): NodeAddress {
  const node = nodes.find((candidate) => candidate.name === name);
  if (node === undefined) throw new Error(`redis/${name}: not a member of this set`);
  return node;
}

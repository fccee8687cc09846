// One look at the whole set, all nodes at once, so that a silent one costs the look its deadline and no more.
import { NodeSilent, portOf } from './links.ts';
import type { Command, Links } from './links.ts';
import type { Member, NodeAddress, Observed, Sentinel } from './model.ts';
import { memberAnswer, parseInfo, watchedMaster } from './parse.ts';

/** Where the operator keeps its facts inside the data set, so that they are replicated with it. */
export const termKey = 'ha:term';
export const termMasterKey = 'ha:master';
export const sequenceKey = 'ha:seq';

export interface SetAddresses {
  readonly members: readonly NodeAddress[];
  readonly sentinels: readonly NodeAddress[];
  readonly masterName: string;
}

/** Never throws: what cannot be seen is part of what is seen. */
export async function observe(links: Links, set: SetAddresses, nowMs: number): Promise<Observed> {
  const [members, sentinels] = await Promise.all([
    Promise.all(set.members.map((node) => observeMember(links, node))),
    observeSentinels(links, set),
  ]);
  return { atMs: nowMs, members, sentinels };
}

const memberQuestions: readonly Command[] = [
  ['info'],
  ['get', termKey],
  ['get', termMasterKey],
  ['get', sequenceKey],
  ['config', 'get', 'replica-priority', 'min-replicas-to-write'],
  ['acl', 'list'],
  ['dbsize'],
];

export async function observeMember(links: Links, node: NodeAddress): Promise<Member> {
  try {
    const [info, term, termMaster, sequence, config, users, keys] = await links.ask(
      portOf('member', node),
      memberQuestions,
    );
    if (typeof info !== 'string') throw new NodeSilent(node.address, 'mute', info);
    const answer = memberAnswer({
      info,
      term: textOrNull(term),
      termMaster: textOrNull(termMaster),
      sequence: textOrNull(sequence),
      config,
      users: Array.isArray(users) ? users.map(String) : undefined,
      keys: typeof keys === 'number' ? keys : 0,
    });
    return { ...node, answer, silence: undefined, error: undefined };
  } catch (error) {
    return {
      ...node,
      answer: undefined,
      silence: error instanceof NodeSilent ? error.silence : 'mute',
      error: text(error),
    };
  }
}

export function observeSentinels(links: Links, set: SetAddresses): Promise<readonly Sentinel[]> {
  return Promise.all(set.sentinels.map((node) => observeSentinel(links, node, set.masterName)));
}

async function observeSentinel(links: Links, node: NodeAddress, masterName: string): Promise<Sentinel> {
  try {
    const [info, master, replicas, sentinels] = await links.ask(portOf('sentinel', node), [
      ['info', 'sentinel'],
      ['sentinel', 'master', masterName],
      ['sentinel', 'replicas', masterName],
      ['sentinel', 'sentinels', masterName],
    ]);
    const tilt = typeof info === 'string' && parseInfo(info).get('sentinel_tilt') === '1';
    const watched = master instanceof Error ? undefined : watchedMaster(master, replicas, sentinels);
    return { ...node, reachable: true, silence: undefined, error: undefined, watched, tilt };
  } catch (error) {
    const silence = error instanceof NodeSilent ? error.silence : 'mute';
    return { ...node, reachable: false, silence, error: text(error), watched: undefined, tilt: false };
  }
}

const textOrNull = (reply: unknown): string | null => (typeof reply === 'string' ? reply : null);
const text = (error: unknown): string => (error instanceof Error ? error.message : String(error));

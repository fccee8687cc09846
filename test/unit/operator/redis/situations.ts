// Builds looks at a Redis set for decide()'s tables: a healthy set of three, changed in one respect per test.
import type {
  MemberAnswer,
  Observed,
  Sentinel,
  Silence,
  WatchedMaster,
} from '../../../../operator/redis/model.ts';

export const addressOf = (name: string): string => {
  const [kind = '', index = '0'] = name.split('-');
  return `10.0.${kind === 'redis' ? 1 : 2}.${Number(index) + 1}`;
};

const memberNames = ['redis-0', 'redis-1', 'redis-2'];
const sentinelNames = ['sentinel-0', 'sentinel-1', 'sentinel-2'];

export const asMaster: Partial<MemberAnswer> = { role: 'master', follows: undefined, linkUp: true };
export const gated: Partial<MemberAnswer> = {
  ...{ gated: true, role: 'replica', follows: '127.0.0.1', linkUp: false, linkDownSeconds: -1, priority: 0 },
};
export const orphaned: Partial<MemberAnswer> = { linkUp: false, linkDownSeconds: 1 };

const replica: MemberAnswer = {
  ...{
    role: 'replica',
    gated: false,
    loading: false,
    runId: 'r',
    offset: 1000,
    follows: addressOf('redis-0'),
  },
  ...{ linkUp: true, linkDownSeconds: 0, syncing: false, replicas: [], term: 3, termMaster: 'redis-0' },
  ...{ sequence: 50, keys: 10, priority: 100, minReplicasToWrite: 1, writeError: undefined },
  missingUsers: [],
};

export interface Situation {
  /** Per member what differs from a healthy set with master redis-0; a word = how it fails to answer. */
  readonly members?: Readonly<Record<string, Partial<MemberAnswer> | Silence>>;
  /** Per Sentinel what differs; 'blank' = watches nothing, another word = how it fails to answer. */
  readonly sentinels?: Readonly<Record<string, Partial<WatchedMaster> | Silence | 'blank'>>;
}

export function situation({ members = {}, sentinels = {} }: Situation): Observed {
  return {
    atMs: 0,
    members: memberNames.map((name) => {
      const node = { name, address: addressOf(name) };
      const change = members[name] ?? {};
      if (typeof change === 'string') {
        return { ...node, answer: undefined, silence: change, error: change };
      }
      const base = name === 'redis-0' ? { ...replica, ...asMaster } : replica;
      return { ...node, answer: { ...base, ...change }, silence: undefined, error: undefined };
    }),
    sentinels: sentinelNames.map((name) => sentinel(name, sentinels[name] ?? {})),
  };
}

function sentinel(name: string, change: Partial<WatchedMaster> | Silence | 'blank'): Sentinel {
  const node = { name, address: addressOf(name), error: undefined, silence: undefined, tilt: false };
  if (change !== 'blank' && typeof change === 'string') {
    return { ...node, reachable: false, silence: change, watched: undefined };
  }
  if (change === 'blank') return { ...node, reachable: true, watched: undefined };
  const watched: WatchedMaster = {
    ...{
      address: addressOf('redis-0'),
      configEpoch: 3,
      failingOver: false,
      waitsForVotes: false,
      down: false,
      quorum: 2,
    },
    ...{ downAfterMs: 3000, replicas: ['redis-1', 'redis-2'].map(addressOf) },
    sentinels: sentinelNames.filter((other) => other !== name).map(addressOf),
    ...change,
  };
  return { ...node, reachable: true, watched };
}

/** The same for every Sentinel. */
export function allSentinels(change: Partial<WatchedMaster> | Silence | 'blank'): Situation['sentinels'] {
  return Object.fromEntries(sentinelNames.map((name) => [name, change]));
}

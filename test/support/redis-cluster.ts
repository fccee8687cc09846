// The Redis set on the cluster under test, by its custom resource.
import type { V1StatefulSet } from '@kubernetes/client-node';
import type { Failover } from '../../operator/redis/history.ts';
import { REDIS_SETS } from '../../operator/redis/resource.ts';
import type { Condition } from '../../operator/runtime/conditions.ts';
import { PODS, STATEFUL_SETS } from '../../operator/runtime/paths.ts';
import { readObject } from './cluster-api.ts';
import { eventually } from './eventually.ts';
import { isReady, kubectl, nameOf, podsOf } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export const redisMembers = ['redis-0', 'redis-1', 'redis-2'] as const;
export const sentinels = ['sentinel-0', 'sentinel-1', 'sentinel-2'] as const;

export interface RedisSetState {
  readonly phase: string;
  readonly master: string | undefined;
  readonly message: string;
  readonly switchoverId: string | undefined;
  /** Rises with every promotion. */
  readonly term: number;
  /** Newest first. */
  readonly history: readonly Failover[];
  readonly conditions: readonly Condition[];
}

export async function redisState(): Promise<RedisSetState> {
  const { status = {} } = await readObject<{ status?: Partial<RedisSetState> }>(REDIS_SETS, 'redis');
  const { phase = 'Unknown', message = '', term = 0, history = [], conditions = [] } = status;
  const { master, switchoverId } = status;
  return { phase, master, message, switchoverId, term, history, conditions };
}

export async function redisTerm(): Promise<number> {
  return (await redisState()).term;
}

/** The members that are not master, of a healthy set. */
export async function redisReplicas(): Promise<string[]> {
  const master = await healthyRedis();
  return redisMembers.filter((name) => name !== master);
}

/** The master's name once the operator calls the whole set healthy. */
export function healthyRedis(withinMs: number = timeouts.steadyStateMs): Promise<string> {
  return eventually(
    async () => {
      const { phase, master, message } = await redisState();
      if (phase !== 'Healthy' || master === undefined) {
        throw new Error(`the Redis set is ${phase}: ${message}`);
      }
      return master;
    },
    { withinMs, everyMs: 250 },
  );
}

/** Resolves with the new master once it is another one than `before` and the set is healthy. */
export function masterAfter(before: string): Promise<string> {
  return eventually(
    async () => {
      const master = await healthyRedis(0);
      if (master === before) throw new Error(`${before} is still master`);
      return master;
    },
    { withinMs: timeouts.steadyStateMs, everyMs: 250 },
  );
}

export async function uidOf(pod: string): Promise<string> {
  return (await readObject<{ metadata: { uid: string } }>(PODS, pod)).metadata.uid;
}

/**
 * Resolves with the master once the pod with this uid is replaced and the set is healthy. It may bear the same name:
 * a member that is back before Sentinel noticed, with the newest data, is taken again.
 */
export function masterWithout(pod: string, uid: string): Promise<string> {
  return eventually(
    async () => {
      if ((await uidOf(pod)) === uid) throw new Error(`${pod} is not replaced yet`);
      return healthyRedis(0);
    },
    { withinMs: timeouts.steadyStateMs, everyMs: 250 },
  );
}

/** Asks the operator for a planned switch, as a cluster admin would. */
export async function requestSwitchover(to: string): Promise<void> {
  const switchover = { to, id: new Date().toISOString() };
  await kubectl([
    'patch',
    'redisset',
    'redis',
    '--type=merge',
    '-p',
    JSON.stringify({ spec: { switchover } }),
  ]);
}

/** Gives the members' StatefulSet a new template and waits until every member runs it. */
export async function rollRedis(): Promise<void> {
  await kubectl(['rollout', 'restart', 'statefulset', 'redis']);
  await eventually(
    async () => {
      const { metadata, status } = await readObject<V1StatefulSet>(STATEFUL_SETS, 'redis');
      // Until its controller has looked, every pod still has the newest revision there is.
      if (status?.observedGeneration !== metadata?.generation) throw new Error('not begun yet');
      const pods = await podsOf('redis');
      const late = pods.filter(
        (pod) =>
          pod.metadata?.labels?.['controller-revision-hash'] !== status?.updateRevision || !isReady(pod),
      );
      if (pods.length < redisMembers.length || late.length > 0) {
        throw new Error(`not replaced yet: ${late.map(nameOf).join(', ')}`);
      }
    },
    { withinMs: timeouts.rolloutMs, everyMs: 500 },
  );
}

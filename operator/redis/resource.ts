// The RedisSet as it is kept in the cluster.
import type { KubeObject } from '../runtime/api.ts';
import type { Resource } from '../runtime/paths.ts';
import type { RedisSetStatus } from './status.ts';
import type { Switchover } from './wish.ts';

export const REDIS_SETS: Resource = { group: 'quorum.dev', version: 'v1alpha1', plural: 'redissets' };

export interface RedisSetObject extends KubeObject {
  readonly spec: {
    readonly statefulSet: string;
    readonly sentinelStatefulSet: string;
    readonly members: number;
    readonly sentinels: number;
    readonly masterName: string;
    readonly credentialsSecret: string;
    readonly downAfterMilliseconds?: number;
    readonly failoverTimeoutMilliseconds?: number;
    readonly paused?: boolean;
    readonly switchover?: Switchover;
  };
  readonly status?: Partial<RedisSetStatus>;
}

// The Redis set on the cluster under test, by its custom resource.
import { eventually } from './eventually.ts';
import { getJson, kubectl } from './kubectl.ts';
import { timeouts } from './timeouts.ts';

export interface RedisSetState {
  readonly phase: string;
  readonly master: string | undefined;
  readonly message: string;
  readonly switchoverId: string | undefined;
}

export async function redisState(): Promise<RedisSetState> {
  const { status = {} } = await getJson<{ status?: Partial<RedisSetState> }>('redisset', 'redis');
  const { phase = 'Unknown', master, message = '', switchoverId } = status;
  return { phase, master, message, switchoverId };
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
  return (await getJson<{ metadata: { uid: string } }>('pod', pod)).metadata.uid;
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

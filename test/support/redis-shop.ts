// A whole local Redis tier under load for integration tests: set, operator, app connection and ledger shoppers.
import { connectRedis } from '../../app/platform/redis.ts';
import type { AppRedis, RedisSettings } from '../../app/platform/redis.ts';
import { eventually } from './eventually.ts';
import { startLocalOperator } from './redis-operator.ts';
import type { LocalOperator, LocalOperatorOptions } from './redis-operator.ts';
import { masterName, sentinelPort, startRedisSet } from './redis-set.ts';
import type { RedisSet, RedisSetOptions } from './redis-set.ts';
import { timeouts } from './timeouts.ts';

export interface RedisTier {
  readonly set: RedisSet;
  readonly operator: LocalOperator;
  readonly redis: AppRedis;
  /** The current master's name, once the whole set is healthy. */
  master(): Promise<string>;
  close(): Promise<void>;
}

export function settingsFor(set: RedisSet): RedisSettings {
  const credentials = () => ({ username: 'app', password: set.password('app') });
  const sentinels = set.sentinels.map((name) => ({ host: set.address(name), port: sentinelPort }));
  const { tls } = set;
  return {
    sentinels,
    masterName,
    credentials,
    sentinelCredentials: credentials,
    ...(tls && { tls: () => tls }),
  };
}

export async function startRedisTier(
  options: RedisSetOptions & LocalOperatorOptions = {},
): Promise<RedisTier> {
  const set = await startRedisSet(options);
  const operator = startLocalOperator(set, options);
  const redis = connectRedis(settingsFor(set));
  const tier: RedisTier = {
    ...{ set, operator, redis },
    master: () => operator.healthy(timeouts.steadyStateMs),
    close: async () => {
      redis.close();
      await operator.stop();
      await set.close();
    },
  };
  try {
    await tier.master();
    await redis.ready(timeouts.soonMs);
  } catch (error) {
    await tier.close();
    throw error;
  }
  return tier;
}

/** Resolves once `name` says the same about its role and whom it follows. */
export async function follows(set: RedisSet, name: string, master: string): Promise<void> {
  const client = set.connect(name);
  await eventually(
    async () => {
      const info = await client.info('replication');
      const wanted = `master_host:${set.address(master)}`;
      if (!info.includes(wanted)) throw new Error(`${name} does not follow ${master}`);
      if (!info.includes('master_link_status:up')) throw new Error(`${name} has no link to ${master}`);
    },
    { withinMs: timeouts.steadyStateMs, everyMs: 50 },
  );
}

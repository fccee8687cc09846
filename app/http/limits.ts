// How often something may be tried, counted in Redis for all pods together. While Redis is away each pod counts for
// itself in memory: the limit gets softer by the number of pods, and nobody is locked out by an outage.
import { hash } from 'node:crypto';
import type { Redis } from 'ioredis';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { AppRedis } from '../platform/redis.ts';
import { RedisUnavailable } from '../platform/redis-errors.ts';
import type { AppContext } from './context.ts';
import { tooMany } from './errors.ts';
import { networkOf } from './visitor-network.ts';

interface Rule {
  readonly name: string;
  readonly points: number;
  readonly seconds: number;
}

/** Per account a guesser's speed, per address only a flood's: many shoppers may share one address. */
const RULES = {
  loginPerAccount: { name: 'login-account', points: 10, seconds: 300 },
  loginPerAddress: { name: 'login-address', points: 300, seconds: 300 },
  registerPerAddress: { name: 'register-address', points: 300, seconds: 300 },
  /** Each tells that an e-mail address is known here: some may be typing errors, many are somebody asking. */
  takenPerAddress: { name: 'taken-address', points: 30, seconds: 900 },
  resetPerAccount: { name: 'reset-account', points: 3, seconds: 900 },
  resetPerAddress: { name: 'reset-address', points: 60, seconds: 900 },
  useResetPerAddress: { name: 'use-reset-address', points: 60, seconds: 900 },
  ownPasswordPerAccount: { name: 'own-password-account', points: 10, seconds: 300 },
  checkoutPerCart: { name: 'checkout-cart', points: 30, seconds: 60 },
  checkoutPerAddress: { name: 'checkout-address', points: 6_000, seconds: 60 },
} as const satisfies Record<string, Rule>;

/** Each throws 429 with Retry-After when it is too often. */
export interface Limits {
  readonly login: (ctx: AppContext, email: string) => Promise<void>;
  /** Also when this address has been told too often that an e-mail address is taken. */
  readonly register: (ctx: AppContext) => Promise<void>;
  /** To be called before telling somebody that an e-mail address is taken. */
  readonly taken: (ctx: AppContext) => Promise<void>;
  readonly reset: (ctx: AppContext, email: string) => Promise<void>;
  /** A new password by the link of a mail. */
  readonly useReset: (ctx: AppContext) => Promise<void>;
  /** The password typed again by somebody who is logged in. */
  readonly ownPassword: (accountId: string) => Promise<void>;
  readonly checkout: (ctx: AppContext, cart: string) => Promise<void>;
}

export interface LimitDeps {
  readonly redis: AppRedis;
  /** Multiplies all limits; for load tests that come from one address. */
  readonly scale: number;
  readonly refused: (reason: string) => void;
}

/** The answers when the limit is reached, undefined otherwise. */
interface Limiter {
  /** Counts one try. */
  readonly count: (key: string) => Promise<RateLimiterRes | undefined>;
  /** Counts nothing. */
  readonly look: (key: string) => Promise<RateLimiterRes | undefined>;
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes | undefined> {
  try {
    await limiter.consume(key);
    return undefined;
  } catch (reason) {
    if (reason instanceof RateLimiterRes) return reason;
    throw reason;
  }
}

function createLimiter(deps: LimitDeps, rule: Rule): Limiter {
  const settings = {
    keyPrefix: `limit:${rule.name}`,
    points: Math.ceil(rule.points * deps.scale),
    duration: rule.seconds,
  };
  const memory = new RateLimiterMemory(settings);
  let shared: { client: Redis; limiter: RateLimiterRedis } | undefined;
  const limiterOn = (client: Redis): RateLimiterRedis => {
    if (shared?.client !== client) {
      shared = { client, limiter: new RateLimiterRedis({ ...settings, storeClient: client }) };
    }
    return shared.limiter;
  };
  const look = async (limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes | undefined> => {
    const found = await limiter.get(key);
    return found !== null && found.consumedPoints >= settings.points ? found : undefined;
  };
  const onEither = (work: typeof consume) => async (key: string) => {
    try {
      return await deps.redis.session.use('limit', (client) => work(limiterOn(client), key));
    } catch (error) {
      if (!(error instanceof RedisUnavailable)) throw error;
      return work(memory, key);
    }
  };
  return { count: onEither(consume), look: onEither(look) };
}

/** Keys are hashed: an address or a mail address has no business in Redis' keyspace. */
function keyOf(value: string): string {
  return hash('sha256', value, 'base64url').slice(0, 22);
}

export function createLimits(deps: LimitDeps): Limits {
  const limiters = Object.fromEntries(
    Object.entries(RULES).map(([name, rule]) => [name, createLimiter(deps, rule)]),
  ) as Record<keyof typeof RULES, Limiter>;

  async function enforce(name: keyof typeof RULES, value: string, how: keyof Limiter = 'count') {
    const reached = await limiters[name][how](keyOf(value));
    if (reached === undefined) return;
    deps.refused(`limit:${RULES[name].name}`);
    throw tooMany(Math.max(1, Math.ceil(reached.msBeforeNext / 1000)));
  }

  return {
    login: async (ctx, email) => {
      await enforce('loginPerAddress', networkOf(ctx.ip));
      await enforce('loginPerAccount', email);
    },
    register: async (ctx) => {
      await enforce('takenPerAddress', networkOf(ctx.ip), 'look');
      await enforce('registerPerAddress', networkOf(ctx.ip));
    },
    taken: (ctx) => enforce('takenPerAddress', networkOf(ctx.ip)),
    reset: async (ctx, email) => {
      await enforce('resetPerAddress', networkOf(ctx.ip));
      await enforce('resetPerAccount', email);
    },
    useReset: (ctx) => enforce('useResetPerAddress', networkOf(ctx.ip)),
    ownPassword: (accountId) => enforce('ownPasswordPerAccount', accountId),
    checkout: async (ctx, cart) => {
      await enforce('checkoutPerAddress', networkOf(ctx.ip));
      await enforce('checkoutPerCart', cart);
    },
  };
}

// The copy of articles in Redis that all pods share: `cat:p:<slug>` with version and JSON, `cat:lists` with what
// lists depend on. A copy is only ever replaced by a newer version. Articles alone are kept here: their number is
// known, while anybody can ask for endless lists, and a Redis full of those would refuse carts.
import type { AppRedis } from '../platform/redis.ts';
import { retryWithin } from '../platform/retry.ts';
import { defineChange, defineScript } from '../platform/redis-script.ts';
import type { Product, VersionedProduct } from './product.ts';

export const PREFIX = 'cat:';
export const LISTS_KEY = `${PREFIX}lists`;
const PRODUCT_PREFIX = `${PREFIX}p:`;
/** The end of a copy that was not followed by an announcement, because a process died just then. */
const LIFE_MS = 60_000;

const KEEP = `
local function keep(key, version, json, life)
  local known = redis.call('HGET', key, 'v')
  if known and tonumber(known) >= tonumber(version) then return end
  redis.call('HSET', key, 'v', version, 'd', json)
  redis.call('PEXPIRE', key, life)
end
`;

/** KEYS: article. ARGV: version, JSON, life ms. What a reader found; a failover may forget it. */
const fillScript = defineScript('catalog.fill', `${KEEP} keep(KEYS[1], ARGV[1], ARGV[2], ARGV[3]) return 1`);

/**
 * KEYS: lists, then articles. ARGV: life ms, position of the write, then version, facts and JSON of each article.
 * Lists are made anew when a fact they show or filter by (price, sold out) has changed.
 */
const announceScript = defineChange(
  'catalog.announce',
  `${KEEP}
local lists, changed = KEYS[1], false
for i = 2, #KEYS do
  local at = 3 + (i - 2) * 3
  local field = 'f:' .. KEYS[i]
  keep(KEYS[i], ARGV[at], ARGV[at + 2], ARGV[1])
  if redis.call('HGET', lists, field) ~= ARGV[at + 1] then
    redis.call('HSET', lists, field, ARGV[at + 1])
    changed = true
  end
end
if changed and (redis.call('HGET', lists, 'lsn') or '') < ARGV[2] then redis.call('HSET', lists, 'lsn', ARGV[2]) end
return changed and 1 or 0
`,
);

function keyOf(slug: string): string {
  return PRODUCT_PREFIX + slug;
}

/** What changes when these articles do. */
export function keysOf(slugs: readonly string[]): string[] {
  return [LISTS_KEY, ...slugs.map(keyOf)];
}

/** The article a changed key means; undefined for other keys. */
export function slugOfKey(key: string): string | undefined {
  return key.startsWith(PRODUCT_PREFIX) ? key.slice(PRODUCT_PREFIX.length) : undefined;
}

/** "3/4A0" → "000000030000004A0…": positions in the order of their text. */
export function comparable(lsn: string): string {
  return lsn
    .split('/')
    .map((half) => half.padStart(8, '0'))
    .join('/');
}

function factsOf(product: Product): string {
  const inStock = product.variants.some((variant) => variant.stock > 0);
  return [inStock, ...product.variants.map((variant) => variant.priceCents)].join(' ');
}

export interface SharedCache {
  /** Undefined when Redis has none. @throws RedisUnavailable */
  readonly read: (slug: string) => Promise<Product | undefined>;
  readonly fill: (entry: VersionedProduct) => Promise<void>;
  /** Resolves once a replica has it, so that a failover of Redis does not bring the old copies back. */
  readonly announce: (entries: readonly VersionedProduct[], lsn: string, withinMs: number) => Promise<void>;
  /** Tells everybody by removing the copies: a Redis that is full takes no new ones. @throws RedisUnavailable */
  readonly drop: (slugs: readonly string[]) => Promise<void>;
  /** The write that lists must have seen; null when none has been announced. */
  readonly listsAfter: () => Promise<string | null>;
}

export function createSharedCache(redis: AppRedis): SharedCache {
  return {
    read: async (slug) => {
      const json = await redis.session.use('catalog.read', (client) => client.hget(keyOf(slug), 'd'));
      return json === null ? undefined : (JSON.parse(json) as Product);
    },
    fill: async ({ product, version }) => {
      await redis.session.run(fillScript, [keyOf(product.slug)], [version, JSON.stringify(product), LIFE_MS]);
    },
    announce: async (entries, lsn, withinMs) => {
      const keys = keysOf(entries.map(({ product }) => product.slug));
      const args = entries.flatMap(({ product, version }) => {
        return [version, factsOf(product), JSON.stringify(product)];
      });
      await retryWithin(withinMs, () =>
        redis.durable.change(announceScript, keys, [LIFE_MS, comparable(lsn), ...args]),
      );
    },
    drop: async (slugs) => {
      await redis.session.use('catalog.drop', (client) => client.del(keysOf(slugs)));
    },
    listsAfter: () => redis.session.use('catalog.lists', (client) => client.hget(LISTS_KEY, 'lsn')),
  };
}

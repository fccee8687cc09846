// The session's atomic steps in Redis. Keys: `sess:<hash of the id>` (hash: v version, d data, c cart holder,
// s when it began),
// `gone:<hash>` (tombstone of a session that ended, so that a slow request cannot bring it back),
// `usess:<user>` (the user's sessions by when they began, to list and revoke them).
import { defineChange, defineScript } from '../platform/redis-script.ts';

/** Session and number of pieces in its cart in one trip; ARGV '1': the whole cart. → [version, data, count, cart] or nil. */
export const readScript = defineScript(
  'session.read',
  `
local s = redis.call('HMGET', KEYS[1], 'v', 'd', 'c')
if not s[1] then return nil end
if not s[3] or s[3] == '' then return { s[1], s[2], '0' } end
local cart = 'cart:' .. s[3]
local n = redis.call('HGET', cart, 'n') or '0'
if ARGV[1] ~= '1' then return { s[1], s[2], n } end
return { s[1], s[2], n, redis.call('HGETALL', cart) }
`,
);

/**
 * KEYS: session, tombstone, user's list. ARGV: expected version, data, cart holder, ttl ms, hash, user, began.
 * → 1 stored, 0 another version is there, -1 the session has ended.
 */
export const writeScript = defineChange(
  'session.write',
  `
if redis.call('EXISTS', KEYS[2]) == 1 then return -1 end
local v = redis.call('HGET', KEYS[1], 'v') or '0'
if v ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'v', v + 1, 'd', ARGV[2], 'c', ARGV[3], 's', ARGV[7])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
if ARGV[6] ~= '' then
  redis.call('ZADD', KEYS[3], ARGV[7], ARGV[5])
  redis.call('PEXPIRE', KEYS[3], ARGV[4])
end
return 1
`,
);

/**
 * KEYS: user's list. → hash, began, hash, began … of the sessions that are still there; those that ran out, of which
 * nobody tells, leave the list. `s` and not the list says when: pods of the version before note their last write there.
 */
export const listScript = defineScript(
  'session.list',
  `
local listed = {}
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if redis.call('EXISTS', 'sess:' .. hash) == 1 then
    table.insert(listed, hash)
    table.insert(listed, redis.call('HGET', 'sess:' .. hash, 's') or redis.call('ZSCORE', KEYS[1], hash))
  else
    redis.call('ZREM', KEYS[1], hash)
  end
end
return listed
`,
);

/** KEYS: session, tombstone, user's list. ARGV: tombstone ttl ms, hash. */
export const endScript = defineChange(
  'session.end',
  `
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[2])
return 1
`,
);

/** Ends all sessions of a user. KEYS: user's list. ARGV: tombstone ttl ms, hash to keep or ''. → how many ended. */
export const endAllScript = defineChange(
  'session.end-all',
  `
local ended = 0
for _, hash in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  if hash ~= ARGV[2] then
    redis.call('DEL', 'sess:' .. hash)
    redis.call('SET', 'gone:' .. hash, '1', 'PX', ARGV[1])
    redis.call('ZREM', KEYS[1], hash)
    ended = ended + 1
  end
end
return ended
`,
);

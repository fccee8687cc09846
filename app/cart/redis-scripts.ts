// A cart's atomic steps in Redis. A cart is one hash `cart:<holder>`: id, v (version), n (pieces), ops (the last
// operation ids) and one field `l:<sku>` = "<quantity>:<price seen>" per line. test/integration/app/cart-laws.test.ts
// says the same rules in TypeScript and holds the two against each other.
import { defineChange } from '../platform/redis-script.ts';

/** Helpers each script begins with. */
const PRELUDE = `
local function load(key)
  local cart = { lines = {}, count = 0, pieces = 0, id = '', v = 0, ops = ' ' }
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if string.sub(field, 1, 2) == 'l:' then
      local q, p = string.match(value, '^(%d+):(%d+)$')
      cart.lines[string.sub(field, 3)] = { q = tonumber(q), p = tonumber(p) }
      cart.count = cart.count + 1
      cart.pieces = cart.pieces + tonumber(q)
    elseif field == 'id' then cart.id = value
    elseif field == 'v' then cart.v = tonumber(value)
    elseif field == 'ops' then cart.ops = value
    end
  end
  return cart
end
local function put(key, cart, sku, q, p)
  local old = cart.lines[sku]
  cart.pieces = cart.pieces - (old and old.q or 0) + q
  if q > 0 then
    cart.lines[sku] = { q = q, p = p }
    redis.call('HSET', key, 'l:' .. sku, q .. ':' .. p)
  else
    cart.lines[sku] = nil
    redis.call('HDEL', key, 'l:' .. sku)
  end
end
local function remember(cart, op)
  local ops = cart.ops .. op .. ' '
  local _, known = string.gsub(ops, '%S+', '')
  if known > 32 then ops = string.match(ops, '^ %S+( .*)$') end
  cart.ops = ops
end
local function save(key, cart, ttl)
  redis.call('HSET', key, 'id', cart.id, 'v', cart.v + 1, 'n', cart.pieces, 'ops', cart.ops)
  redis.call('PEXPIRE', key, ttl)
end
local function answer(outcome, key)
  local flat = redis.call('HGETALL', key)
  table.insert(flat, 1, outcome)
  return flat
end
`;

/** ARGV: operation, verb, sku, quantity, price, id for a new cart, ttl ms, most of one line, most lines. */
export const changeScript = defineChange(
  'cart.change',
  `${PRELUDE}
local key, op, verb, sku = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local q, p, most, lines = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[8]), tonumber(ARGV[9])
local cart = load(key)
if string.find(cart.ops, ' ' .. op .. ' ', 1, true) then return answer('repeated', key) end
local old = cart.lines[sku]
if not old and verb ~= 'remove' and cart.count >= lines then return answer('full', key) end
if verb == 'add' then q = math.min(most, (old and old.q or 0) + q)
elseif verb == 'set' then q = math.min(most, q)
else q = 0 end
put(key, cart, sku, q, p)
if cart.id == '' then cart.id = ARGV[6] end
remember(cart, op)
save(key, cart, ARGV[7])
return answer('changed', key)
`,
);

/** KEYS: guest, user. ARGV: id for a new cart, ttl ms, most of one line. */
export const mergeScript = defineChange(
  'cart.merge',
  `${PRELUDE}
local guest, user = load(KEYS[1]), load(KEYS[2])
if guest.id == '' then return answer('repeated', KEYS[2]) end
for sku, line in pairs(guest.lines) do
  local old = user.lines[sku]
  put(KEYS[2], user, sku, math.min(tonumber(ARGV[3]), (old and old.q or 0) + line.q), line.p)
end
if user.id == '' then user.id = ARGV[1] end
save(KEYS[2], user, ARGV[2])
redis.call('DEL', KEYS[1])
return answer('changed', KEYS[2])
`,
);

/** ARGV: id of the cart that was bought, id of the next one, ttl ms, then sku and quantity of each bought line. */
export const boughtScript = defineChange(
  'cart.bought',
  `${PRELUDE}
local key = KEYS[1]
local cart = load(key)
if cart.id ~= ARGV[1] then return 0 end
for i = 4, #ARGV, 2 do
  local old = cart.lines[ARGV[i]]
  if old then put(key, cart, ARGV[i], math.max(0, old.q - tonumber(ARGV[i + 1])), old.p) end
end
cart.id = ARGV[2]
save(key, cart, ARGV[3])
return 1
`,
);

export const removeScript = defineChange('cart.remove', `return redis.call('DEL', KEYS[1])`);

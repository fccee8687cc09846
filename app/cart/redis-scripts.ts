// A cart's atomic steps in Redis, on the hash that record-hash.ts describes. They say in Lua what record-change.ts
// says in TypeScript; test/integration/app/cart-laws.test.ts holds the two against each other.
import { defineChange } from '../platform/redis-script.ts';

/**
 * Functions every script begins with: the hash → a table, one line's changes, the table → the hash. The answer is one
 * text of lines (nothing in a cart has a line break), so that the client decodes one reply instead of twenty.
 */
const PRELUDE = `
local MOST, KNOWN, STEPS = 10, 64, 8
local function clamp(q) return math.max(0, math.min(MOST, q)) end
local function line_from(text)
  local tokens = {}
  for token in string.gmatch(text, '%S+') do
    local a, b, c = string.match(token, '^([^:]*):([^:]*):?(.*)$')
    tokens[#tokens + 1] = { a, b, c }
  end
  local shown, set = tokens[1], tokens[2] or { 0, '', tokens[1][1] }
  local line = { p = shown[2], pat = tonumber(shown[3]) or 0, at = tonumber(set[1]), op = set[2], set = tonumber(set[3]), steps = {} }
  for i = 3, #tokens do
    line.steps[#line.steps + 1] = { at = tonumber(tokens[i][1]), op = tokens[i][2], q = tonumber(tokens[i][3]) }
  end
  return line
end
local function sum(line)
  local q = line.set
  for _, step in ipairs(line.steps) do q = q + step.q end
  return q
end
local function shown(line) return clamp(sum(line)) end
local function settle(line)
  local q = sum(line)
  if q > 0 and q < MOST and #line.steps < STEPS then return end
  for _, step in ipairs(line.steps) do
    if step.at >= line.at then line.at, line.op = step.at, step.op end
  end
  line.set, line.steps = clamp(q), {}
end
local function step(line, at, op, q)
  settle(line)
  line.steps[#line.steps + 1] = { at = at, op = op, q = q }
  settle(line)
end
local function load(key)
  local cart = { lines = {}, count = 0, id = '', a = 0, v = 0, ops = ' ' }
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if string.sub(field, 1, 2) == 'l:' then
      local line = line_from(value)
      cart.lines[string.sub(field, 3)] = line
      if shown(line) > 0 then cart.count = cart.count + 1 end
    elseif field == 'id' then cart.id = value
    elseif field == 'a' then cart.a = tonumber(value)
    elseif field == 'v' then cart.v = tonumber(value)
    elseif field == 't' then cart.t = tonumber(value)
    elseif field == 'ops' then cart.ops = value
    end
  end
  cart.t = cart.t or cart.v
  return cart
end
local function knows(cart, op) return string.find(cart.ops, ':' .. op .. ' ', 1, true) end
local function line_of(cart, sku)
  cart.lines[sku] = cart.lines[sku] or { p = 0, pat = 0, at = 0, op = '', set = 0, steps = {} }
  return cart.lines[sku]
end
local function put(key, sku, line)
  local text = { shown(line) .. ':' .. line.p .. ':' .. line.pat, line.at .. ':' .. line.op .. ':' .. line.set }
  for _, each in ipairs(line.steps) do text[#text + 1] = each.at .. ':' .. each.op .. ':' .. each.q end
  redis.call('HSET', key, 'l:' .. sku, table.concat(text, ' '))
end
local function save(key, cart, at, op, ttl)
  local pieces = 0
  for sku, line in pairs(cart.lines) do
    local q = shown(line)
    pieces = pieces + q
    if q == 0 and line.at <= at - KNOWN then redis.call('HDEL', key, 'l:' .. sku) end
  end
  local ops = cart.ops .. at .. ':' .. op .. ' '
  local _, known = string.gsub(ops, '%S+', '')
  if known > KNOWN then ops = string.match(ops, '^%s*%S+( .*)$') end
  redis.call('HSET', key, 'id', cart.id, 'a', cart.a, 'v', cart.v + 1, 't', at, 'n', pieces, 'ops', ops)
  redis.call('PEXPIRE', key, ttl)
end
local function answer(outcome, key)
  local flat = redis.call('HGETALL', key)
  table.insert(flat, 1, outcome)
  return table.concat(flat, '\\n')
end
`;

/**
 * KEYS: cart, and a session where the change is sent before that was read: ARGV then also the cart's holder and when a
 * session of today's visitors began at the earliest. `stranger` changes nothing: it is not that session's cart.
 * ARGV: operation, verb, sku, quantity, price, id for a new cart, ttl ms, most lines, clock that the browser has seen.
 * → outcome and the hash; `behind` changes nothing: this copy lacks what was acknowledged elsewhere.
 */
export const changeScript = defineChange(
  'cart.change',
  `${PRELUDE}
local key, op, verb, sku = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
if KEYS[2] then
  local s = redis.call('HMGET', KEYS[2], 'c', 's')
  if s[1] ~= ARGV[10] or (tonumber(s[2]) or 0) <= tonumber(ARGV[11]) then return 'stranger' end
end
local cart = load(key)
if cart.t < tonumber(ARGV[9]) then return answer('behind', key) end
if knows(cart, op) then return answer('repeated', key) end
local old = cart.lines[sku]
local fresh = not old or shown(old) == 0
if fresh and verb ~= 'remove' and cart.count >= tonumber(ARGV[8]) then return answer('full', key) end
local at, q, line = cart.t + 1, math.min(MOST, tonumber(ARGV[4])), line_of(cart, sku)
if verb == 'add' then step(line, at, op, q)
else line.at, line.op, line.set, line.steps = at, op, verb == 'set' and q or 0, {} end
if verb ~= 'remove' then line.p, line.pat = ARGV[5], at end
put(key, sku, line)
if cart.id == '' then cart.id, cart.a = ARGV[6], at end
save(key, cart, at, op, ARGV[7])
return answer('changed', key)
`,
);

/** KEYS: guest, user. ARGV: id for a new cart, ttl ms, operation. → outcome and the user's hash. */
export const mergeScript = defineChange(
  'cart.merge',
  `${PRELUDE}
local guest, user = load(KEYS[1]), load(KEYS[2])
if guest.id == '' or knows(user, ARGV[3]) then return answer('repeated', KEYS[2]) end
local at = user.t + 1
for sku, line in pairs(guest.lines) do
  local q = shown(line)
  if q > 0 then
    local mine = line_of(user, sku)
    step(mine, at, ARGV[3], q)
    mine.p, mine.pat = line.p, at
    put(KEYS[2], sku, mine)
  end
end
if user.id == '' then user.id, user.a = ARGV[1], at end
save(KEYS[2], user, at, ARGV[3], ARGV[2])
redis.call('DEL', KEYS[1])
return answer('changed', KEYS[2])
`,
);

/** ARGV: id of the cart that was bought, id of the next one, ttl ms, operation, then sku and quantity of each line. */
export const boughtScript = defineChange(
  'cart.bought',
  `${PRELUDE}
local key, op = KEYS[1], ARGV[4]
local cart = load(key)
if cart.id ~= ARGV[1] or knows(cart, op) then return answer('repeated', key) end
local at = cart.t + 1
for i = 5, #ARGV, 2 do
  local line = cart.lines[ARGV[i]]
  if line and shown(line) > 0 then
    step(line, at, op, -tonumber(ARGV[i + 1]))
    put(key, ARGV[i], line)
  end
end
cart.id, cart.a = ARGV[2], at
save(key, cart, at, op, ARGV[3])
return answer('changed', key)
`,
);

/** ARGV: version and clock that were read, ttl ms, then the whole hash. → 1, or 0 when it has changed since. */
export const replaceScript = defineChange(
  'cart.replace',
  `
local v, t = unpack(redis.call('HMGET', KEYS[1], 'v', 't'))
if (v or '0') ~= ARGV[1] or (t or v or '0') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
`,
);

export const removeScript = defineChange('cart.remove', `return redis.call('DEL', KEYS[1])`);

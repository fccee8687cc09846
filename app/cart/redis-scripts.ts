// A cart's atomic steps in Redis, on the hash that record-hash.ts describes. They say in Lua what record-change.ts
// says in TypeScript; test/integration/app/cart-laws.test.ts holds the two against each other.
import { defineChange } from '../platform/redis-script.ts';
import { CART_LIFE_MS, MAX_LINES, MAX_QUANTITY } from './cart.ts';
import { MOST_STEPS } from './record-change.ts';
import { KNOWN_OPS } from './record.ts';

/**
 * Functions every script begins with: the hash → a table that holds each line as its text, one line's changes, the table
 * → the hash. Only the line that changes is taken apart: a script holds up all other shoppers while it runs. The answer
 * is one text of lines (nothing in a cart has a line break), so that the client decodes one reply instead of twenty.
 */
const PRELUDE = `
local MOST, MOST_LINES, KNOWN, STEPS = ${MAX_QUANTITY}, ${MAX_LINES}, ${KNOWN_OPS}, ${MOST_STEPS}
local LIFE_MS, SLACK_MS = ${CART_LIFE_MS}, 3600000
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
local function pieces_of(text) return tonumber(string.match(text, '^%d+')) end
local byte = string.byte
local ZERO, COLON, L = byte('0'), byte(':'), byte('l')
local function load(key)
  local cart = { lines = {}, count = 0, id = '', a = '0', v = '0', n = '0', ops = ' ', changed = {} }
  local flat = redis.call('HGETALL', key)
  for i = 1, #flat, 2 do
    local field, value = flat[i], flat[i + 1]
    if byte(field, 2) == COLON and byte(field) == L then
      cart.lines[string.sub(field, 3)] = value
      if byte(value) ~= ZERO then cart.count = cart.count + 1 end
    else cart[field] = value
    end
  end
  cart.v, cart.n, cart.k = tonumber(cart.v), tonumber(cart.n), tonumber(cart.k)
  cart.t = tonumber(cart.t) or cart.v
  return cart
end
local function knows(cart, op) return string.find(cart.ops, ':' .. op .. ' ', 1, true) end
local function line_of(cart, sku)
  local text = cart.lines[sku]
  return text and line_from(text) or { p = 0, pat = 0, at = 0, op = '', set = 0, steps = {} }
end
local function set_field(cart, field, value)
  cart.changed[#cart.changed + 1] = field
  cart.changed[#cart.changed + 1] = value
end
local function put(cart, sku, line)
  local before, after = cart.lines[sku], clamp(sum(line))
  local text = { after .. ':' .. line.p .. ':' .. line.pat, line.at .. ':' .. line.op .. ':' .. line.set }
  for _, each in ipairs(line.steps) do text[#text + 1] = each.at .. ':' .. each.op .. ':' .. each.q end
  cart.n = cart.n + after - (before and pieces_of(before) or 0)
  cart.lines[sku] = table.concat(text, ' ')
  set_field(cart, 'l:' .. sku, cart.lines[sku])
end
local function forget_gone(key, cart, at)
  for sku, text in pairs(cart.lines) do
    if byte(text) == ZERO and (tonumber(string.match(text, '^0:%S* ?(%d*)')) or 0) <= at - KNOWN then
      redis.call('HDEL', key, 'l:' .. sku)
      cart.lines[sku] = nil
    end
  end
end
-- By itself Lua writes every number as a fraction, which takes longer.
local function text_of(n) return string.format('%d', n) end
local function name(cart, id, at)
  cart.id, cart.a = id, text_of(at)
  set_field(cart, 'id', cart.id)
  set_field(cart, 'a', cart.a)
end
local function save(key, cart, at, op)
  local known = cart.k or select(2, string.gsub(cart.ops, ':', ':'))
  local from = known < KNOWN and 1 or string.find(cart.ops, ' ', 2, true)
  cart.ops = string.sub(cart.ops, from) .. text_of(at) .. ':' .. op .. ' '
  cart.v, cart.t = cart.v + 1, at
  redis.call('HSET', key, 'v', text_of(cart.v), 't', text_of(at), 'n', text_of(cart.n), 'ops', cart.ops,
    'k', text_of(math.min(known + 1, KNOWN)), unpack(cart.changed))
  forget_gone(key, cart, at)
  -- Not with every change: each time costs the replicas and the append-only file one command more.
  if redis.call('PTTL', key) < LIFE_MS then redis.call('PEXPIRE', key, text_of(LIFE_MS + SLACK_MS)) end
end
local function answer(outcome, cart)
  local text = { outcome, 'id', cart.id, 'a', cart.a, 'v', text_of(cart.v), 't', text_of(cart.t), 'n', text_of(cart.n),
    'ops', cart.ops }
  for sku, line in pairs(cart.lines) do
    text[#text + 1] = 'l:' .. sku
    text[#text + 1] = line
  end
  return table.concat(text, '\\n')
end
`;

/**
 * KEYS: cart, and a session where the change is sent before that was read: ARGV then also the cart's holder and when a
 * session of today's visitors began at the earliest. `stranger` changes nothing: it is not that session's cart.
 * ARGV: operation, verb, sku, quantity, price, id for a new cart, clock that the browser has seen.
 * → outcome and the hash; `behind` changes nothing: this copy lacks what was acknowledged elsewhere. With a session that
 * it belongs to: [version and data of the session, pieces in the cart, outcome and the hash].
 */
export const changeScript = defineChange(
  'cart.change',
  `${PRELUDE}
local key, op, verb, sku = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local session
if KEYS[2] then
  session = redis.call('HMGET', KEYS[2], 'c', 's', 'v', 'd')
  if session[1] ~= ARGV[8] or (tonumber(session[2]) or 0) <= tonumber(ARGV[9]) then return 'stranger' end
end
local cart = load(key)
local function say(outcome)
  local text = answer(outcome, cart)
  return session and { session[3], session[4], text_of(cart.n), text } or text
end
if cart.t < tonumber(ARGV[7]) then return say('behind') end
if knows(cart, op) then return say('repeated') end
local fresh = pieces_of(cart.lines[sku] or '0') == 0
local most = verb == 'bring' and 2 * MOST_LINES or MOST_LINES
if fresh and verb ~= 'remove' and cart.count >= most then return say('full') end
local at, q, line = cart.t + 1, math.min(MOST, tonumber(ARGV[4])), line_of(cart, sku)
if verb == 'add' or verb == 'bring' then step(line, at, op, q)
else line.at, line.op, line.set, line.steps = at, op, verb == 'set' and q or 0, {} end
if verb ~= 'remove' then line.p, line.pat = ARGV[5], at end
put(cart, sku, line)
if cart.id == '' then name(cart, ARGV[6], at) end
save(key, cart, at, op)
return say('changed')
`,
);

/** A browser that missed the answer to its login has tried again by then, and Postgres' copy is as new. */
const MERGED_LIFE_MS = 24 * 3_600_000;

/**
 * KEYS: guest, user. ARGV: ids for two new carts. → [outcome and the user's hash, the same of the guest or '']. Lines that
 * the user has not come in only while the user's cart is not full (rules.ts says why). The operation is named by the
 * guest's cart, not by the guest: a browser that missed the answer to its login may go on under the same name.
 *
 * For such a browser the guest's stays, as another cart without a piece: from an older copy in Postgres the merged one would
 * come back, and nothing that is added to that is ever merged. The mark on its lines, '~', is behind all operations up to
 * the clock of the merge, and before all later ones.
 */
export const mergeScript = defineChange(
  'cart.merge',
  `${PRELUDE}
local guest, user = load(KEYS[1]), load(KEYS[2])
local op = 'merge-' .. guest.id
if guest.n == 0 or knows(user, op) then
  return { answer('repeated', user), guest.id == '' and '' or answer('repeated', guest) }
end
local at, has_room = user.t + 1, user.count < MOST_LINES
for sku, text in pairs(guest.lines) do
  local q = pieces_of(text)
  if q > 0 and (has_room or pieces_of(user.lines[sku] or '0') > 0) then
    local mine, theirs = line_of(user, sku), line_from(text)
    step(mine, at, op, q)
    mine.p, mine.pat = theirs.p, at
    put(user, sku, mine)
  end
end
if user.id == '' then name(user, ARGV[1], at) end
save(KEYS[2], user, at, op)
for sku, text in pairs(guest.lines) do
  local line = line_from(text)
  line.at, line.op, line.set, line.steps = guest.t, '~', 0, {}
  put(guest, sku, line)
end
local moved = 'moved-' .. guest.id
name(guest, ARGV[2], guest.t + 1)
save(KEYS[1], guest, guest.t + 1, moved)
redis.call('PEXPIRE', KEYS[1], '${MERGED_LIFE_MS}')
return { answer('changed', user), answer('changed', guest) }
`,
);

/** ARGV: id of the cart that was bought, id of the next one, operation, then sku and quantity of each line. */
export const boughtScript = defineChange(
  'cart.bought',
  `${PRELUDE}
local key, op = KEYS[1], ARGV[3]
local cart = load(key)
if cart.id ~= ARGV[1] or knows(cart, op) then return answer('repeated', cart) end
local at = cart.t + 1
for i = 4, #ARGV, 2 do
  local text = cart.lines[ARGV[i]]
  if text and pieces_of(text) > 0 then
    local line = line_from(text)
    step(line, at, op, -tonumber(ARGV[i + 1]))
    put(cart, ARGV[i], line)
  end
end
name(cart, ARGV[2], at)
save(key, cart, at, op)
return answer('changed', cart)
`,
);

/** ARGV: version and clock that were read, then the whole hash. → 1, or 0 when it has changed since. */
export const replaceScript = defineChange(
  'cart.replace',
  `
local v, t = unpack(redis.call('HMGET', KEYS[1], 'v', 't'))
if (v or '0') ~= ARGV[1] or (t or v or '0') ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
redis.call('PEXPIRE', KEYS[1], '${CART_LIFE_MS}')
return 1
`,
);

export const removeScript = defineChange('cart.remove', `return redis.call('DEL', KEYS[1])`);

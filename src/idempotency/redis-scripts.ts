/**
 * KEYS of both scripts: the byte counts of the caller and of its tenant, then each location of the key. A count is a hash: the number of
 * bytes that expire in each half hour, so that expired texts are subtracted without a scan. Each text counts with what Redis stores
 * beside it (measured: 0.3 KiB).
 */
const COUNTS = `
local SPAN_MS = 1800000
local OVERHEAD = 300
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function span_of(ms) return math.floor((now + ms) / SPAN_MS) end
local function count(ms, change)
  for i = 1, 2 do
    redis.call('HINCRBY', KEYS[i], span_of(ms), change)
    if change > 0 then redis.call('PEXPIRE', KEYS[i], 90000000) end
  end
end
local function bytes_of(texts)
  local bytes = 0
  for _, text in ipairs(texts) do bytes = bytes + #text + OVERHEAD end
  return bytes
end
local function counted(key)
  local sum = 0
  local spans = redis.call('HGETALL', key)
  for i = 1, #spans, 2 do
    if tonumber(spans[i]) < span_of(0) then redis.call('HDEL', key, spans[i])
    else sum = sum + tonumber(spans[i + 1]) end
  end
  return sum
end`;

/** ARGV: lifetime in milliseconds, maximum number of bytes, then a text for each location. */
export const CLAIM = `${COUNTS}
local found, is_free = {}, true
for i = 3, #KEYS do
  local text = redis.call('GET', KEYS[i])
  found[i - 2] = text
  if text then is_free = false end
end
if not is_free then return found end
local bytes = bytes_of({unpack(ARGV, 3)})
if counted(KEYS[1]) + counted(KEYS[2]) + 2 * bytes > tonumber(ARGV[2]) then return 'too-many' end
for i = 3, #KEYS do redis.call('SET', KEYS[i], ARGV[i], 'PX', ARGV[1]) end
count(ARGV[1], bytes)
return 'claimed'`;

/**
 * ARGV: maximum lifetime in milliseconds, the expected text of each location (empty: none), then its new text (left out: delete).
 * The expiry stays the same or becomes earlier.
 */
export const SWAP = `${COUNTS}
local locations = #KEYS - 2
local left = -1
local found = {}
for i = 1, locations do
  local text = redis.call('GET', KEYS[i + 2]) or ''
  if text ~= ARGV[i + 1] then return 0 end
  if text ~= '' then table.insert(found, text) end
  left = math.max(left, redis.call('PTTL', KEYS[i + 2]))
end
if left < 1 then return 0 end
count(left, -bytes_of(found))
if #ARGV == locations + 1 then
  for i = 1, locations do redis.call('DEL', KEYS[i + 2]) end
  return 1
end
local ms = math.min(left, tonumber(ARGV[1]))
for i = 1, locations do redis.call('SET', KEYS[i + 2], ARGV[i + 1 + locations], 'PX', ms) end
count(ms, bytes_of({unpack(ARGV, locations + 2)}))
return 1`;

import { hash } from 'node:crypto';
import { Problem } from '../problems/problem';
import type { Redis } from '../redis/redis';
import { traced } from '../redis/redis-view';
import {
  type Finality,
  type FoundTexts,
  IdempotencyStore,
  KEPT_MS,
  type KeyLocation,
  REJECTION_KEPT_MS,
  type Texts,
  tooManyKeys,
} from './idempotency-store';

/** Of one tenant; a single caller gets half. A key typically has 2 KiB. */
const MAX_BYTES = 512 * 1024 * 1024;

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
const CLAIM = `${COUNTS}
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
const SWAP = `${COUNTS}
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

/** For replicas. During an outage of Redis a key may be in use at another replica, so nothing is sent (S-760). */
export class RedisIdempotencyStore extends IdempotencyStore {
  override readonly isShared = true;

  constructor(
    private readonly redis: Redis,
    private readonly maxBytes = MAX_BYTES,
  ) {
    super();
  }

  override async claim(location: KeyLocation, texts: Texts): Promise<FoundTexts | undefined> {
    const reply = await this.#eval(CLAIM, location, KEPT_MS, this.maxBytes, ...texts);
    if (reply === 'claimed') return undefined;
    if (reply === 'too-many') throw tooManyKeys();
    if (!Array.isArray(reply)) throw new Problem('idempotency-unavailable');
    return reply.map((text: unknown) => (typeof text === 'string' ? text : undefined));
  }

  override async swap(
    location: KeyLocation,
    from: FoundTexts,
    to: Texts | undefined,
    finality?: Finality,
  ): Promise<boolean> {
    const maxMs = finality === 'rejected' ? REJECTION_KEPT_MS : KEPT_MS;
    const texts = [...from.map((text) => text ?? ''), ...(to ?? [])];
    return (await this.#eval(SWAP, location, maxMs, ...texts)) === 1;
  }

  #eval(script: string, location: KeyLocation, ...values: readonly (string | number)[]): Promise<unknown> {
    return traced(this.redis, location.span)
      .eval(script, namesOf(location), ...values)
      .catch(unavailable);
  }
}

/** The names of the two byte counts (of the caller and of its tenant), then of the texts. The tenant is the hash tag. */
function namesOf({ tenant, caller, ids }: KeyLocation): readonly string[] {
  const prefix = `stagedoor:{${tenant}}:idempotency`;
  const callerDigest = hash('sha256', caller, 'base64url').slice(0, 22);
  return [`${prefix}-bytes:${callerDigest}`, `${prefix}-bytes`, ...ids.map((id) => `${prefix}:${id}`)];
}

function unavailable(cause: unknown): never {
  throw new Problem('idempotency-unavailable', { cause });
}

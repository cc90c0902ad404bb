import { type Redis, RedisUnavailable } from '../../redis/redis';
import { SLOT_LIFE_MS, type SlotLease } from './slots';

/**
 * The slots of each replica, as "held wanted expiry" by the clock of Redis. Each replica is entitled to an equal share; what one does not
 * want is shared among the others. Slots that others hold are never granted: those who have too many give them back with their next lease.
 */
const LEASE_SLOTS = `
  local max, me, least, wanted = tonumber(ARGV[1]), ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local others, names, wants = 0, { me }, { [me] = wanted }
  local fields = redis.call('HGETALL', KEYS[1])
  for i = 1, #fields, 2 do
    local name = fields[i]
    local held, wish, expiry = string.match(fields[i + 1], '^(%d+) (%d+) (%d+)$')
    if name ~= me then
      if held and tonumber(expiry) > now and tonumber(expiry) <= now + ${SLOT_LIFE_MS} then
        others = others + math.min(max, tonumber(held))
        names[#names + 1] = name
        wants[name] = tonumber(wish)
      else
        redis.call('HDEL', KEYS[1], name)
      end
    end
  end
  table.sort(names, function(one, other)
    if wants[one] == wants[other] then return one < other end
    return wants[one] < wants[other]
  end)
  local left, mine = max, 0
  for i, name in ipairs(names) do
    local share = math.min(wants[name], math.floor(left / (#names - i + 1)))
    left = left - share
    if name == me then mine = share end
  end
  local granted = math.max(0, math.min(mine, max - others))
  local held = math.max(least, granted)
  if held == 0 and wanted == 0 then
    redis.call('HDEL', KEYS[1], me)
  else
    redis.call('HSET', KEYS[1], me, string.format('%d %d %.0f', held, wanted, now + ${SLOT_LIFE_MS}))
    redis.call('PEXPIRE', KEYS[1], ${SLOT_LIFE_MS})
  end
  return { granted, others }`;

/** Leases slots of the limit `key` for this replica. Rejects with `RedisUnavailable`. */
export function redisSlotLease(redis: Redis, key: string, max: number, replica: string): SlotLease {
  return async (least, wanted) => {
    const reply = await redis.eval(LEASE_SLOTS, [key], max, replica, least, wanted);
    const [granted, others]: unknown[] = Array.isArray(reply) ? reply : [];
    if (!isCount(granted) || !isCount(others)) throw new RedisUnavailable();
    return { granted: Math.min(granted, wanted), others: Math.min(others, max) };
  };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock/clock';
import type { Redis } from '../../redis/redis';
import { Fleet, type Hearing, type News, type Peers, TOPICS, type Topic } from './fleet';
import { readMessage, storedPause, writeMessage } from './news';
import { redisSlotLease } from './redis-slots';
import { LeasedSlots, type Slots } from './slots';

const CHANNEL = 'stagedoor:hubster';
/** A probe whose replica was killed, or lasts longer, keeps no other from probing. Shorter than the shortest pause of a breaker. */
const PROBE_LIFE_MS = 4500;
/** How long a pause that is over is remembered: its breaker is not closed before a probe has succeeded. */
const HALF_OPEN_MS = 10_000;
/** A replica that receives no messages reads before a call, but not more often than this for a tenant. */
const DEAF_MS = 50;

/**
 * Notifies the replicas, also if Redis is full; then stores a pause until its end by the clock of Redis, or removes it. Of two pauses the
 * later end counts.
 */
const PUBLISH_NEWS = `
  redis.call('PUBLISH', ARGV[4], ARGV[5])
  local topic, ms, status = ARGV[1], tonumber(ARGV[2]), ARGV[3]
  if ms < 0 then
    redis.call('HDEL', KEYS[1], topic)
  else
    local time = redis.call('TIME')
    local ends = time[1] * 1000 + math.floor(time[2] / 1000) + ms
    local known = string.match(redis.call('HGET', KEYS[1], topic) or '', '^%d+')
    if not known or tonumber(known) < ends then
      redis.call('HSET', KEYS[1], topic, string.format('%.0f ', ends) .. status)
      redis.call('PEXPIRE', KEYS[1], math.max(redis.call('PTTL', KEYS[1]), ms + ${HALF_OPEN_MS}))
    end
  end
  return 1`;

/** Of each topic: the milliseconds left, negative if the pause is over, and the status. */
const READ_PAUSES = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local pauses = {}
  for i, topic in ipairs(ARGV) do
    local ends, status = string.match(redis.call('HGET', KEYS[1], topic) or '', '^(%d+) (%d+)$')
    pauses[i] = ends and { string.format('%.0f', tonumber(ends) - now), status } or {}
  end
  return pauses`;

/** A lock that does not expire in time was not set by this script, and is replaced. */
const TAKE_PROBE = `
  local left = redis.call('PTTL', KEYS[1])
  if left >= 0 and left <= ${PROBE_LIFE_MS} then return 0 end
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ${PROBE_LIFE_MS})
  return 1`;

/** The replicas that share a Redis: they publish each other by messages, and keep in Redis what a replica that starts has to know. */
export class RedisFleet extends Fleet {
  readonly #replica = randomUUID();
  readonly #channel: string;
  #isListening = false;
  /** Changes whenever messages may have been lost. */
  #session = 0;

  constructor(
    private readonly redis: Redis,
    private readonly clock: Clock,
  ) {
    super();
    this.#channel = redis.channel(CHANNEL);
  }

  override get isDeaf(): boolean {
    return !this.#isListening;
  }

  override listen(onNews: (tenant: string, topic: Topic, news: News) => void): void {
    this.redis.subscribe(CHANNEL, {
      onMessage: (text) => {
        const message = readMessage(text);
        if (message && message.replica !== this.#replica) onNews(message.tenant, message.topic, message.news);
      },
      onStateChange: (isListening) => {
        this.#isListening = isListening;
        this.#session += 1;
      },
    });
  }

  override peersOf(tenant: string, topic: Topic): Peers {
    const probeKey = `stagedoor:{${tenant}}:probe:${topic}`;
    return {
      publish: (news) => void this.#publish(tenant, topic, news).catch(() => undefined),
      // Without Redis each replica probes for itself.
      takeProbe: () => this.redis.eval(TAKE_PROBE, [probeKey], this.#replica).then(isGranted, () => true),
      giveBackProbe: () => void this.redis.unlock(probeKey, this.#replica),
    };
  }

  override hearingOf(tenant: string, hear: (topic: Topic, news: News) => void): Hearing {
    let heardIn: number | undefined;
    let readAt = Number.NEGATIVE_INFINITY;
    let reading: Promise<void> | undefined;
    const read = async () => {
      const session = this.#session;
      const pauses = await this.#pausesOf(tenant);
      for (const { topic, news } of pauses) hear(topic, news);
      heardIn = session;
    };
    return {
      catchUp: () => {
        const isCurrent = this.#isListening && heardIn === this.#session;
        if (isCurrent || !this.redis.isAvailable) return undefined;
        const now = this.clock.monotonic();
        if (!reading && now - readAt < DEAF_MS) return undefined;
        readAt = now;
        reading ??= read()
          .catch(() => undefined)
          .finally(() => {
            reading = undefined;
          });
        return reading;
      },
    };
  }

  override tenantSlots(tenant: string, name: string, max: number, onChange: () => void): Slots {
    return this.#slots(`stagedoor:{${tenant}}:slots:${name}`, max, onChange);
  }

  override sharedSlots(name: string, max: number, onChange: () => void): Slots {
    return this.#slots(`stagedoor:slots:${name}`, max, onChange);
  }

  #slots(key: string, max: number, onChange: () => void): Slots {
    return new LeasedSlots(max, this.clock, redisSlotLease(this.redis, key, max, this.#replica), onChange);
  }

  #publish(tenant: string, topic: Topic, news: News): Promise<unknown> {
    const message = writeMessage({ replica: this.#replica, tenant, topic, news });
    if (news.kind === 'counts') return this.redis.run((commands) => commands.publish(this.#channel, message));
    const [ms, status] = news.kind === 'pause' ? [news.ms, news.status] : [-1, 0];
    return this.redis.eval(PUBLISH_NEWS, [pausesKey(tenant)], topic, ms, status, this.#channel, message);
  }

  async #pausesOf(tenant: string): Promise<readonly { readonly topic: Topic; readonly news: News }[]> {
    const reply = await this.redis.eval(READ_PAUSES, [pausesKey(tenant)], ...TOPICS);
    const pauses: unknown[] = Array.isArray(reply) ? reply : [];
    return TOPICS.flatMap((topic, index) => {
      const pause = pauses[index];
      const [left, status]: unknown[] = Array.isArray(pause) ? pause : [];
      const ms = Number(left ?? Number.NaN);
      if (!(ms > (topic.startsWith('breaker:') ? -HALF_OPEN_MS : 0))) return [];
      const news = storedPause(Math.max(0, ms), status);
      return news ? [{ topic, news }] : [];
    });
  }
}

const isGranted = (reply: unknown) => reply !== 0;

function pausesKey(tenant: string): string {
  return `stagedoor:{${tenant}}:pauses`;
}

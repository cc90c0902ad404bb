import { RedisUnavailable } from './redis-unavailable';

/**
 * A command that has no reply by then has failed, in milliseconds: less than the 50 that are promised, as timers come
 * late (docs/decisions/0011).
 */
const REPLY_LIMIT_MS = 48;

/**
 * Waits for a reply as long as it may take. A reply that came while this process was busy still counts: it is read
 * before the limit takes effect. Otherwise a pause of our own would look like an outage of Redis.
 */
export function withinReplyLimit<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisUnavailable())), REPLY_LIMIT_MS);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

import { RedisUnavailable } from './redis-unavailable';

/**
 * Time limit for a reply, in milliseconds: less than the documented 50, as timers fire late (docs/decisions/0011).
 */
const REPLY_LIMIT_MS = 48;

/**
 * Waits for a reply until the limit. A reply that arrived while this process was blocked is read before the limit takes
 * effect; otherwise a long garbage collection would look like an outage of Redis.
 */
export function withinReplyLimit<T>(reply: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisUnavailable())), REPLY_LIMIT_MS);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

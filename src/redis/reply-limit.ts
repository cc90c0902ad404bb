import { RedisUnavailable } from './redis';

/** Time limits for a reply, in milliseconds: less than the documented 50 and 250, as timers fire late (docs/decisions/0011). */
export const REPLY_LIMIT_MS = 48;
export const COORDINATION_LIMIT_MS = 248;

/**
 * Waits for a reply until the limit. A reply that arrived while this process was blocked is read before the limit takes
 * effect; otherwise a long garbage collection would look like an outage of Redis.
 */
export function withinReplyLimit<T>(reply: Promise<T>, limitMs = REPLY_LIMIT_MS): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => setImmediate(() => reject(new RedisUnavailable('timeout'))), limitMs);
    reply.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

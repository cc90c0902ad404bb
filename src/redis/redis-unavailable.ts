/**
 * A command failed: Redis is unreachable, too slow, or replied with an error. The driver's error is dropped on purpose, as it
 * has the command with its keys and values. A write may have happened.
 */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';

  constructor() {
    super('Redis is not available');
  }
}

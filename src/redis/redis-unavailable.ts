/**
 * Redis did not carry out a command: it is away, too slow, or refused it. What it said is dropped on purpose: driver
 * errors carry the command with its keys and values. A write may have happened all the same.
 */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';

  constructor() {
    super('Redis is not available');
  }
}

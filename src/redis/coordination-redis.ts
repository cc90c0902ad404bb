import { Redis } from './redis';

/**
 * The Redis for idempotency, limits, locks and retired keys: that of `REDIS_COORDINATION_URL`, or else of `REDIS_URL`. The class is the
 * token for Nest's injection.
 */
export abstract class CoordinationRedis extends Redis {}

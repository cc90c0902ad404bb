import type { RedisConnection } from '../../redis/redis-connection';

/** Longer than one settling takes, in milliseconds; whoever dies meanwhile finds it again at its next start. */
const LOCK_MS = 60_000;

/** Where replicas share a trail, lets one of them reconcile a write. A matter of cost: the truth that two find is the same. */
export class ReconciliationLock {
  constructor(private readonly redis: RedisConnection | undefined) {}

  /** Without Redis, or without its answer, everybody may. */
  async take(tenant: string, intentId: string): Promise<boolean> {
    if (!this.redis) return true;
    const key = `stagedoor:{${tenant}}:settling:${intentId}`;
    return this.redis
      .run((commands) => commands.set(key, '1', 'PX', LOCK_MS, 'NX'))
      .then(
        (reply) => reply === 'OK',
        () => true,
      );
  }
}

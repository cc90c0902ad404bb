import type { RedisConnection } from '../../redis/redis-connection';

/** Longer than one reconciliation takes, in milliseconds. A process that ends meanwhile finds the write again at its next start. */
const LOCK_MS = 60_000;

/** If replicas share an audit trail, lets one of them reconcile a write. It only saves calls: two would find the same outcome. */
export class ReconciliationLock {
  constructor(private readonly redis: RedisConnection | undefined) {}

  /** True for every replica without Redis, or without its reply. */
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

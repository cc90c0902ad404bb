import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail';
import { HubsterClient } from '../../hubster/hubster-client';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { Redis } from '../../redis/redis';
import { Lifecycle } from './lifecycle';
import { TenantsReload } from './tenants-reload';

/** The dependencies of Stagedoor that fail now: readiness reports them as `degraded`, and still responds with 200. */
@Injectable()
export class Readiness {
  constructor(
    private readonly audit: AuditTrail,
    private readonly hubster: HubsterClient,
    private readonly redis: Redis,
    private readonly coordination: CoordinationRedis,
    private readonly tenants: TenantsReload,
    private readonly lifecycle: Lifecycle,
  ) {}

  /** Whether requests may be sent here: it has started, with a first write to the audit trail, and does not drain. */
  get isReady(): boolean {
    return this.lifecycle.isReady && this.audit.hasStarted;
  }

  /** Whether there is a second Redis. */
  get #hasCoordination(): boolean {
    return this.coordination !== this.redis.coordination;
  }

  get degraded(): readonly string[] {
    const isDegraded = {
      audit: !this.audit.isAvailable,
      hubster: this.hubster.isDegraded,
      // A key that Redis has removed protects nothing.
      idempotency: this.coordination.isEvicting,
      tenants: this.tenants.hasFailed,
    };
    const names = Object.entries(isDegraded).flatMap(([name, is]) => (is ? [name] : []));
    return [
      ...names,
      ...this.redis.reasons.map((reason) => `redis:${reason}`),
      ...(this.#hasCoordination ? this.coordination.reasons : []).map((reason) => `redis-coordination:${reason}`),
    ];
  }
}

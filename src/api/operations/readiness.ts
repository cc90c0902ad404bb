import { Injectable } from '@nestjs/common';
import { AuditTrail } from '../../audit/audit-trail';
import { HubsterClient } from '../../hubster/hubster-client';
import { CoordinationRedis } from '../../redis/coordination-redis';
import { Redis } from '../../redis/redis';
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
  ) {}

  /** Whether there is a second Redis. */
  get #hasCoordination(): boolean {
    return this.coordination !== this.redis;
  }

  get degraded(): readonly string[] {
    const isDegraded = {
      audit: !this.audit.isAvailable,
      hubster: this.hubster.isDegraded,
      redis: this.redis.isConfigured && !this.redis.isAvailable,
      'redis-coordination': this.#hasCoordination && !this.coordination.isAvailable,
      tenants: this.tenants.hasFailed,
    };
    return Object.entries(isDegraded).flatMap(([name, is]) => (is ? [name] : []));
  }
}

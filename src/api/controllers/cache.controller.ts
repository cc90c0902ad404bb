import { Controller, Delete, HttpCode, Query } from '@nestjs/common';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import { ResponseCache } from '../../cache/response-cache';
import type { RequestContext } from '../../context/request-context';
import { inSpan } from '../../context/span';
import { purgeCache } from '../openapi/operations/tenant-operations';
import { Context, NoQueryPipe } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Purges the cache entries of the caller's tenant only (N2). */
@Controller(`${BASE_PATH}/cache`)
export class CacheController {
  constructor(
    private readonly cache: ResponseCache,
    private readonly audit: AuditTrail,
  ) {}

  @Delete()
  @HttpCode(204)
  @ForCallers('cache:purge', { action: 'cache.purge' }, { operation: purgeCache })
  async purge(@Query(NoQueryPipe) _query: unknown, @Context() context: RequestContext): Promise<void> {
    await this.cache.purge(context.tenant.id);
    const event = {
      action: 'cache.purge',
      target: { type: 'tenant', id: context.tenant.id },
      outcome: 'success',
      status: 204,
    } as const;
    await inSpan(context.span, 'audit', () => this.audit.event(actorOf(context), event));
  }
}

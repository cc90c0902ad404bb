import { Controller, Delete, HttpCode, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { AuditTrail, actorOf } from '../../audit/audit-trail';
import { ResponseCache } from '../../cache/response-cache';
import type { RequestContext } from '../../context/request-context';
import { ApiProblems } from '../openapi/problem-responses';
import { Context, NoQueryPipe } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Purges the cache entries of the caller's tenant only (N2). */
@ApiTags('cache')
@Controller(`${BASE_PATH}/cache`)
export class CacheController {
  constructor(
    private readonly cache: ResponseCache,
    private readonly audit: AuditTrail,
  ) {}

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'Purges the cache of the tenant' })
  @ApiNoContentResponse({ description: 'All entries of the tenant are dropped; the next reads load from Hubster.' })
  @ApiProblems('validation-failed', 'audit-unavailable')
  @ForCallers('cache:purge', { action: 'cache.purge' })
  async purge(@Query(NoQueryPipe) _query: unknown, @Context() context: RequestContext): Promise<void> {
    await this.cache.purge(context.tenant.id);
    await this.audit.event(actorOf(context), {
      action: 'cache.purge',
      target: { type: 'tenant', id: context.tenant.id },
      outcome: 'success',
      status: 204,
    });
  }
}

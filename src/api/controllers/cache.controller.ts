import { Controller, Delete, HttpCode, Req } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../../audit/actor';
import { AuditTrail } from '../../audit/audit-trail';
import { ResponseCache } from '../../cache/response-cache';
import { ApiProblems } from '../openapi/problem-responses';
import { noQuery } from '../request/parameters';
import { contextOf } from '../request/request-state';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

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
  async purge(@Req() request: FastifyRequest): Promise<void> {
    noQuery(request);
    const context = contextOf(request);
    await this.cache.purge(context.tenant.id);
    await this.audit.event(actorOf(context), {
      action: 'cache.purge',
      target: { type: 'tenant', id: context.tenant.id },
      outcome: 'success',
      status: 204,
    });
  }
}

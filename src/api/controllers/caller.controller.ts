import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../openapi/problem-responses';
import { schemaRef } from '../openapi/schemas';
import { noQuery } from '../request/parameters';
import { contextOf } from '../request/request-state';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

/** Shows the caller its own id, tenant, scopes and hubs. */
@ApiTags('caller')
@Controller(`${BASE_PATH}/me`)
export class CallerController {
  @Get()
  @ApiOperation({ summary: 'Shows the caller with its tenant, scopes and hubs' })
  @ApiOkResponse({
    description: 'Without `hubs`, the tenant may use every hub that its Hubster credentials can see.',
    content: { 'application/json': { schema: schemaRef('Identity') } },
  })
  @ApiProblems('validation-failed')
  // A cache in between must not serve it to another caller of the same address.
  @Header('cache-control', 'no-store')
  @ForCallers('any', { none: 'Callers see only their own identity.' })
  me(@Req() request: FastifyRequest): object {
    noQuery(request);
    const { caller, tenant } = contextOf(request);
    return {
      caller: caller.id,
      tenant: tenant.id,
      scopes: [...caller.scopes],
      ...(tenant.hubs && { hubs: [...tenant.hubs] }),
    };
  }
}

import { Controller, Get, Header, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import { ApiProblems } from '../openapi/problem-responses';
import { schemaRef } from '../openapi/schemas';
import { NoQueryPipe } from '../request/pipes';
import { identifiedOf } from '../request/request-state';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Shows the caller its own id, tenants, scopes and hubs. */
@ApiTags('caller')
@Controller(`${BASE_PATH}/me`)
export class CallerController {
  constructor(private readonly access: Access) {}

  @Get()
  @ApiOperation({ summary: 'Shows the caller with its tenants, scopes and hubs' })
  @ApiOkResponse({
    description:
      'Without `hubs`, the tenant may use every hub that its Hubster credentials can see. Without `tenant`, the caller has ' +
      'several and the request names none.',
    content: { 'application/json': { schema: schemaRef('Identity') } },
  })
  @ApiProblems('validation-failed')
  // A cache in between must not serve it to another caller of the same address.
  @Header('cache-control', 'no-store')
  @ForCallers('any', { none: 'Callers see only their own identity.' }, { needsNoTenant: true })
  me(@Query(NoQueryPipe) _query: unknown, @Req() request: FastifyRequest): object {
    const { caller, tenant, tenants } = identifiedOf(request);
    return {
      caller: caller.id,
      ...(tenant && { tenant: tenant.id }),
      tenants: this.access.namesOf(tenants),
      allTenants: tenants === '*',
      scopes: [...caller.scopes],
      ...(tenant?.hubs && { hubs: [...tenant.hubs] }),
    };
  }
}

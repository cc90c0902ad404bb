import { Controller, Get, Header, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { RequestContext } from '../../context/request-context';
import { ApiProblems } from '../openapi/problem-responses';
import { schemaRef } from '../openapi/schemas';
import { Context, NoQueryPipe } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

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
  me(@Query(NoQueryPipe) _query: unknown, @Context() { caller, tenant }: RequestContext): object {
    return {
      caller: caller.id,
      tenant: tenant.id,
      scopes: [...caller.scopes],
      ...(tenant.hubs && { hubs: [...tenant.hubs] }),
    };
  }
}

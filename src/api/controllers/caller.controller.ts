import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { contextOf } from '../http/exchange';
import { noQuery } from '../http/parameters';
import { BASE_PATH } from '../routes/paths';
import { ForCallers } from '../routes/route-declaration';

/** Who the caller is taken for. */
@ApiTags('caller')
@Controller(`${BASE_PATH}/me`)
export class CallerController {
  @Get()
  @ApiOperation({ summary: 'Tells the caller, its tenant, scopes and hubs' })
  @ApiOkResponse({ description: 'Without `hubs`, the tenant may use whatever its Hubster credentials see.' })
  @ForCallers('any', { none: 'Tells callers only what they are themselves.' })
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

import { Controller, Get, Header, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Access } from '../../access/access';
import { getIdentity } from '../openapi/operations/tenant-operations';
import { NoQueryPipe } from '../request/pipes';
import { identifiedOf } from '../request/request-state';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Shows the caller its own id, tenants, scopes and hubs. */
@Controller(`${BASE_PATH}/me`)
export class CallerController {
  constructor(private readonly access: Access) {}

  @Get()
  // A cache in between must not serve it to another caller of the same address.
  @Header('cache-control', 'no-store')
  @ForCallers('any', { none: 'Callers see only their own identity.' }, { needsNoTenant: true, operation: getIdentity })
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

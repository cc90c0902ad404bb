import { Controller, Get, Header, Query } from '@nestjs/common';
import type { RequestContext } from '../../context/request-context';
import { getIdentity } from '../openapi/operations/tenant';
import { Context, NoQueryPipe } from '../request/pipes';
import { BASE_PATH, ForCallers } from '../routes/route-declaration';

/** Shows the caller its own id, tenant, scopes and hubs. */
@Controller(`${BASE_PATH}/me`)
export class CallerController {
  @Get()
  // A cache in between must not serve it to another caller of the same address.
  @Header('cache-control', 'no-store')
  @ForCallers('any', { none: 'Callers see only their own identity.' }, { operation: getIdentity })
  me(@Query(NoQueryPipe) _query: unknown, @Context() { caller, tenant }: RequestContext): object {
    return {
      caller: caller.id,
      tenant: tenant.id,
      scopes: [...caller.scopes],
      ...(tenant.hubs && { hubs: [...tenant.hubs] }),
    };
  }
}

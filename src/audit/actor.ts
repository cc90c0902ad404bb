import type { RequestContext } from '../context/request-context';
import type { AuditActor } from './record';

export function actorOf(context: RequestContext): AuditActor {
  const { requestId, traceId, caller, tenant, address, onBehalfOf } = context;
  return {
    tenant: tenant.id,
    caller: caller.id,
    ...(onBehalfOf !== undefined && { onBehalfOf }),
    requestId,
    ...(traceId !== undefined && { traceId }),
    address,
  };
}

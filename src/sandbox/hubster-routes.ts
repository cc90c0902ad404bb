import type { FastifyInstance } from 'fastify';
import type { CallLog } from './call-log';
import { FaultInjector } from './faults/fault-injector';
import type { FaultList } from './faults/fault-list';
import { type Identity, TOKEN_PATH } from './identity/token-endpoint';
import { createIntegration } from './portal/create';
import { ownHub, ownIntegration, requireGuid } from './portal/path-ids';
import { type Outcome, type PortalCall, unchanged } from './portal/portal-call';
import { generalErrorResponse, PortalRejection } from './portal/portal-error';
import { getIntegration, listByChannel, listPage } from './portal/reads';
import { updateIntegration } from './portal/update';
import { readWriteBody, rejectMediaType } from './portal/write-body';
import { declareRoutes, emptyResponse, type Handler, readRequest, type SandboxRequest } from './sandbox-http';
import type { IntegrationStore } from './store/integration-store';

interface HubsterOptions {
  readonly identity: Identity;
  readonly store: IntegrationStore;
  readonly faults: FaultList;
  readonly callLog: CallLog;
  readonly quirks: boolean;
  /** Aborted when the sandbox stops. */
  readonly signal: AbortSignal;
}

const INTEGRATIONS = '/api/v1/integrations';

/** Identity and portal of Hubster, every request with the faults that it hits: the documented routes, and DELETE (S-320). */
export function hubsterRoutes(app: FastifyInstance, options: HubsterOptions): void {
  const { identity, store, quirks } = options;
  const injector = new FaultInjector(options);
  const handle =
    (execute: (request: SandboxRequest) => Outcome): Handler =>
    (request, reply) =>
      injector.serve(readRequest(request), reply, execute);
  const portal = (execute: (call: PortalCall) => Outcome): Handler =>
    handle((request) => {
      const tenant = identity.tenantOf(request);
      if (!tenant) return unchanged(generalErrorResponse(401));
      try {
        return execute({ tenant, request, store, quirks });
      } catch (error) {
        if (error instanceof PortalRejection) return unchanged(error.response);
        throw error;
      }
    });

  const routes = {
    [TOKEN_PATH]: { POST: handle((request) => unchanged(identity.issueToken(request))) },
    [`${INTEGRATIONS}/hubs/:id(.+)`]: { POST: portal(write) },
    [`${INTEGRATIONS}/hubs/:hubId(.+)/:channelType(.+)`]: { GET: portal(listByChannel) },
    [`${INTEGRATIONS}/:integrationId(.+)`]: { GET: portal(getIntegration), DELETE: portal(remove) },
    [INTEGRATIONS]: { GET: portal(listPage) },
  };
  declareRoutes(app, routes, (allow) => handle(() => unchanged(emptyResponse(405, { allow }))));
  app.setNotFoundHandler(handle(() => unchanged(generalErrorResponse(404))));
}

/**
 * Create and Update share one route (S-300). A body with `channelId` is a create; so is one with the id of a hub that is not the id of
 * an integration: its response then reports the missing fields.
 */
function write(call: PortalCall): Outcome {
  const { store, tenant, request } = call;
  const rejected = rejectMediaType(request);
  if (rejected) return unchanged(rejected);
  const id = requireGuid('id', request.parameters['id']);
  const body = readWriteBody(request);
  const isCreate = Object.hasOwn(body, 'channelId') || (!store.find(tenant.name, id) && tenant.hubs.includes(id));
  return isCreate
    ? createIntegration(call, ownHub(call, id), body)
    : updateIntegration(call, ownIntegration(call, id), body);
}

function remove(call: PortalCall): Outcome {
  const { integrationId, hubId, name } = ownIntegration(
    call,
    requireGuid('integrationId', call.request.parameters['integrationId']),
  );
  call.store.remove(call.tenant.name, integrationId);
  return { response: emptyResponse(200), effect: { kind: 'deleted', integrationId, hubId, name } };
}

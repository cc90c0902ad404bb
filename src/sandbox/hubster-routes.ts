import type { FastifyInstance } from 'fastify';
import type { CallLog } from './call-log';
import type { FaultList } from './faults/fault';
import { FaultInjector } from './faults/fault-injector';
import { isJsonObject, type JsonObject, parseJson } from './json';
import { createIntegration } from './portal/create';
import type { IntegrationStore } from './portal/integration-store';
import { type Outcome, ownHub, ownIntegration, type PortalCall, requireGuid, unchanged } from './portal/portal-call';
import { generalErrorResponse, PortalRejection, rejection } from './portal/portal-error';
import { getIntegration, listByChannel, listPage } from './portal/reads';
import { updateIntegration } from './portal/update';
import {
  declareRoutes,
  emptyResponse,
  type Handler,
  hasMediaType,
  readRequest,
  type SandboxRequest,
} from './sandbox-http';
import { type Identity, TOKEN_PATH } from './token-endpoint';

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

  // `(.+)`: a path with an empty segment is unknown.
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
  if (!hasMediaType(request, 'application/json')) return unchanged(emptyResponse(415));
  const id = requireGuid('id', request.parameters['id']);
  const body = readWriteBody(request.body);
  const isCreate = Object.hasOwn(body, 'channelId') || (!store.find(tenant.name, id) && tenant.hubs.includes(id));
  return isCreate
    ? createIntegration(call, ownHub(call, id), body)
    : updateIntegration(call, ownIntegration(call, id), body);
}

/** Throws PRT000300 for a missing body and PRT000302 for one that is not a JSON object. */
function readWriteBody(text: string): JsonObject {
  if (text.trim() === '') throw rejection(300);
  const body = parseJson(text);
  if (!isJsonObject(body)) throw rejection(302, 'The body is not a JSON object.');
  return body;
}

function remove(call: PortalCall): Outcome {
  const { integrationId, hubId, name } = ownIntegration(call);
  call.store.remove(call.tenant.name, integrationId);
  return { response: emptyResponse(200), effect: { kind: 'deleted', integrationId, hubId, name } };
}

import type { PathParameters, Route } from '../http/router';
import { emptyResponse } from '../http/sandbox-response';
import { createIntegration } from './create';
import { guidOf, ownHub, ownIntegration } from './path-ids';
import { type Outcome, type PortalCall, unchanged } from './portal-call';
import { getIntegration, listByChannel, listPage } from './reads';
import { updateIntegration } from './update';
import { readWriteBody, rejectMediaType } from './write-body';

const BASE = '/api/v1/integrations';

/** The five documented routes, and DELETE, which the document mentions without a description (S-320). */
export const PORTAL_ROUTES: readonly Route<PortalCall, Outcome>[] = [
  { method: 'POST', path: `${BASE}/hubs/:id`, handle: write },
  {
    method: 'GET',
    path: `${BASE}/hubs/:hubId/:channelType`,
    handle: (call, parameters) =>
      unchanged(listByChannel(call, guidOf('hubId', parameters['hubId']), parameters['channelType'] ?? '')),
  },
  {
    method: 'GET',
    path: `${BASE}/:id`,
    handle: (call, parameters) => unchanged(getIntegration(call, integrationId(parameters))),
  },
  { method: 'DELETE', path: `${BASE}/:id`, handle: remove },
  { method: 'GET', path: BASE, handle: (call) => unchanged(listPage(call)) },
];

/**
 * Create and Update share one template (S-300). A body with `channelId` is a create; so is one with the id of a hub that is not the id of
 * an integration: its response then reports the missing fields.
 */
function write(call: PortalCall, parameters: PathParameters): Outcome {
  const rejected = rejectMediaType(call.request);
  if (rejected) return unchanged(rejected);
  const { store, tenant, request } = call;
  const id = guidOf('id', parameters['id']);
  const body = readWriteBody(request);
  const isCreate = Object.hasOwn(body, 'channelId') || (!store.find(tenant.name, id) && tenant.hubs.includes(id));
  return isCreate
    ? createIntegration(call, ownHub(call, id), body)
    : updateIntegration(call, ownIntegration(call, id), body);
}

function remove(call: PortalCall, parameters: PathParameters): Outcome {
  const { hubId, name, ...integration } = ownIntegration(call, integrationId(parameters));
  call.store.remove(call.tenant.name, integration.integrationId);
  return {
    response: emptyResponse(200),
    effect: { kind: 'deleted', integrationId: integration.integrationId, hubId, name },
  };
}

function integrationId(parameters: PathParameters): string {
  return guidOf('integrationId', parameters['id']);
}

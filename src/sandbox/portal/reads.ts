import { channelByName } from '../channels/channel-table';
import { jsonResponse } from '../sandbox-http';
import type { StoredIntegration } from './integration-store';
import { type Outcome, ownHub, ownIntegration, type PortalCall, requireGuid, unchanged } from './portal-call';
import { type PortalError, portalError, rejectIfAny, rejection } from './portal-error';
import { viewIntegration } from './view';

/** Get. */
export function getIntegration(call: PortalCall): Outcome {
  return unchanged(jsonResponse(200, viewIntegration(ownIntegration(call), 'get', call.quirks)));
}

/** Get by Channel Type: a bare array of any length. */
export function listByChannel(call: PortalCall): Outcome {
  const { parameters } = call.request;
  const hubId = requireGuid('hubId', parameters['hubId']);
  const channel = channelByName(parameters['channelType']);
  if (!channel) throw rejection(206, "Parameter 'channelType' is not supported.");
  ownHub(call, hubId);
  const found = integrationsOf(call, hubId).filter((integration) => integration.channel === channel);
  return unchanged(
    jsonResponse(
      200,
      found.map((integration) => viewIntegration(integration, 'list', call.quirks)),
    ),
  );
}

/** Get Collection: integrations, although the document's sample shows hubs (S-605). */
export function listPage(call: PortalCall): Outcome {
  const { query } = call.request;
  const { pageNumber, pageSize } = readPage(query);
  const hubId = query.get('hubId');
  const found = integrationsOf(call, hubId === null ? undefined : ownHub(call, requireGuid('hubId', hubId)));
  const start = pageNumber * pageSize;
  const results = found.slice(start, start + pageSize).map((one) => viewIntegration(one, 'list', call.quirks));
  return unchanged(jsonResponse(200, { pageNumber, pageSize, total: found.length, results }));
}

/** The integrations of a hub, or all of the tenant. */
function integrationsOf({ store, tenant }: PortalCall, hubId: string | undefined): readonly StoredIntegration[] {
  return store.list(tenant.name).filter((integration) => hubId === undefined || integration.hubId === hubId);
}

/** `pageNumber` (0) and `pageSize` (50, 1 to 100). Throws PRT000207, 209, 210 (S-602 to S-604). */
function readPage(query: URLSearchParams): { readonly pageNumber: number; readonly pageSize: number } {
  const errors: PortalError[] = [];
  const read = (name: string, fallback: number): number => {
    const value = query.get(name);
    if (value === null) return fallback;
    if (/^-?\d{1,9}$/.test(value)) return Number(value);
    errors.push(portalError(210, `Parameter '${name}' is not a number.`));
    return fallback;
  };
  const pageNumber = read('pageNumber', 0);
  const pageSize = read('pageSize', 50);
  if (pageNumber < 0) errors.push(portalError(209, "Parameter 'pageNumber' must be greater than or equal to zero."));
  if (pageSize < 1 || pageSize > 100) errors.push(portalError(207, "Parameter 'pageSize' must be from 1 to 100."));
  rejectIfAny(errors);
  return { pageNumber, pageSize };
}

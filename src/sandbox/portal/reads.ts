import { channelByName } from '../channels/channel-table';
import { jsonResponse } from '../sandbox-http';
import { readPage } from './paging';
import { ownHub, ownIntegration, requireGuid } from './path-ids';
import { type Outcome, type PortalCall, unchanged } from './portal-call';
import { rejection } from './portal-error';
import { viewIntegration } from './view';

/** Get. */
export function getIntegration(call: PortalCall): Outcome {
  const integrationId = requireGuid('integrationId', call.request.parameters['integrationId']);
  return unchanged(jsonResponse(200, viewIntegration(ownIntegration(call, integrationId), 'get', call.quirks)));
}

/** Get by Channel Type: a bare array of any length. */
export function listByChannel(call: PortalCall): Outcome {
  const { parameters } = call.request;
  const hubId = requireGuid('hubId', parameters['hubId']);
  const channel = channelByName(parameters['channelType']);
  if (!channel) throw rejection(206, "Parameter 'channelType' is not supported.");
  ownHub(call, hubId);
  const found = call.store
    .list(call.tenant.name)
    .filter((integration) => integration.hubId === hubId && integration.channel.channelId === channel.channelId);
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
  const hub = query.get('hubId');
  const hubId = hub === null ? undefined : ownHub(call, requireGuid('hubId', hub));
  const found = call.store.list(call.tenant.name).filter((one) => hubId === undefined || one.hubId === hubId);
  const start = pageNumber * pageSize;
  const results = found.slice(start, start + pageSize).map((one) => viewIntegration(one, 'list', call.quirks));
  return unchanged(jsonResponse(200, { pageNumber, pageSize, total: found.length, results }));
}

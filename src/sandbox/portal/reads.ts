import { channelByName } from '../channels/channel-table';
import { jsonResponse, type SandboxResponse } from '../http/sandbox-response';
import { readPage } from './paging';
import { guidOf, ownHub, ownIntegration } from './path-ids';
import type { PortalCall } from './portal-call';
import { rejection } from './portal-error';
import { viewIntegration } from './view';

/** Get. */
export function getIntegration(call: PortalCall, integrationId: string): SandboxResponse {
  return jsonResponse(200, viewIntegration(ownIntegration(call, integrationId), 'get', call.quirks));
}

/** Get by Channel Type: a bare array of any length. */
export function listByChannel(call: PortalCall, hubId: string, channelType: string): SandboxResponse {
  const channel = channelByName(channelType);
  if (!channel) throw rejection(206, "Parameter 'channelType' is not supported.");
  ownHub(call, hubId);
  const found = call.store
    .list(call.tenant.name)
    .filter((integration) => integration.hubId === hubId && integration.channel.channelId === channel.channelId);
  return jsonResponse(
    200,
    found.map((integration) => viewIntegration(integration, 'list', call.quirks)),
  );
}

/** Get Collection: integrations, although the document's sample shows hubs (S-605). */
export function listPage(call: PortalCall): SandboxResponse {
  const { query } = call.request;
  const { pageNumber, pageSize } = readPage(query);
  const hub = query.get('hubId');
  const hubId = hub === null ? undefined : ownHub(call, guidOf('hubId', hub));
  const found = call.store.list(call.tenant.name).filter((one) => hubId === undefined || one.hubId === hubId);
  const start = pageNumber * pageSize;
  const results = found.slice(start, start + pageSize).map((one) => viewIntegration(one, 'list', call.quirks));
  return jsonResponse(200, { pageNumber, pageSize, total: found.length, results });
}

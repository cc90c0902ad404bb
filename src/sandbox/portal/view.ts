import type { JsonObject } from '../json';
import type { StoredIntegration } from './integration-store';

/** The endpoint whose response has the integration: Create and Update, Get, or one of the two lists. */
type Endpoint = 'write' | 'get' | 'list';

/** One integration in the response of an endpoint, with or without the document's inconsistencies. */
export function viewIntegration(integration: StoredIntegration, endpoint: Endpoint, quirks: boolean): JsonObject {
  if (integration.raw) return integration.raw;
  const configuration = visibleConfiguration(integration);
  if (!quirks) return plainView(integration, endpoint, configuration);
  const { written, read, everySecondGet } = integration.channel.quirks ?? {};
  if (endpoint === 'write') return plainView(integration, endpoint, written?.(configuration) ?? configuration);
  const respelled = read?.(configuration) ?? configuration;
  const response = { ...plainView(integration, endpoint, respelled), ...modelFields(integration) };
  return endpoint === 'get' && integration.ordinal % 2 === 0 && everySecondGet ? everySecondGet(response) : response;
}

/** Everything that is stored, without quirks. */
export function viewStored(integration: StoredIntegration): JsonObject {
  if (integration.raw) return integration.raw;
  return {
    ...plainView(integration, 'get', { ...integration.configuration, ...integration.keys }),
    ...modelFields(integration),
  };
}

/** With the signing keys only if Hubster signs. */
function visibleConfiguration({ channel, configuration, keys }: StoredIntegration): JsonObject {
  return channel.showsKeys?.(configuration) ? { ...configuration, ...keys } : configuration;
}

function plainView(integration: StoredIntegration, endpoint: Endpoint, configuration: JsonObject): JsonObject {
  const { channel } = integration;
  const inboundId = endpoint === 'get' ? channel.inboundId?.(integration.configuration) : undefined;
  return {
    integrationId: integration.integrationId,
    hubId: integration.hubId,
    ...(inboundId !== undefined && { inboundId }),
    integrationTypeId: integration.integrationTypeId,
    channelId: channel.channelId,
    name: integration.name,
    statusId: integration.statusId,
    configuration,
  };
}

/** Fields of Hubster's model that its document does not mention (S-407). */
function modelFields({ created, modified, sequence }: StoredIntegration): JsonObject {
  return { created, modified, sequence };
}

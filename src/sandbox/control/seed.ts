import { channelByAnyId } from '../channels/channel-table';
import { camelKeys, INTEGRATION_TYPES, integrationTypeOf, type SandboxChannel } from '../channels/sandbox-channel';
import { BadFields, isJsonObject, type JsonObject, own, readGuid } from '../json';
import {
  type IntegrationStore,
  newSigningKeys,
  type SigningKeys,
  type StoredIntegration,
} from '../portal/integration-store';

interface Seed {
  /** As in Hubster's responses, in any of its spellings. */
  readonly integration: JsonObject;
  /** Whether every read returns exactly `integration`. */
  readonly raw: boolean;
  /** `integrationId`, `hubId` and `channelId` under which it is found, if they differ from those in `integration`. */
  readonly at: JsonObject;
}

/** Stores an integration without any validation. Throws `BadFields` if no request could find it. */
export function seedIntegration(store: IntegrationStore, tenant: string, seed: Seed): StoredIntegration {
  const { integration, raw } = seed;
  const ids = { ...integration, ...seed.at };
  const channel = channelOf(own(ids, 'channelId'));
  const { configuration, keys } = readConfiguration(integration);
  const name = own(integration, 'name');
  const statusId = own(integration, 'statusId');
  return store.add(tenant, {
    integrationId: idOf(ids, 'integrationId'),
    hubId: idOf(ids, 'hubId'),
    channel,
    integrationTypeId: typeOf(own(integration, 'integrationTypeId')) ?? integrationTypeOf(channel, configuration),
    name: typeof name === 'string' ? name : '',
    statusId: typeof statusId === 'number' ? statusId : 3000,
    configuration,
    ...(keys && { keys }),
    ...(!keys && !raw && channel.showsKeys?.(configuration) && { keys: newSigningKeys() }),
    ...(raw && { raw: integration }),
  });
}

/** Accepts unknown channels, as Hubster may have more of them than its document. */
function channelOf(id: unknown): SandboxChannel {
  if (typeof id !== 'string' && typeof id !== 'number') throw new BadFields('integration.channelId is missing');
  return channelByAnyId(id) ?? { channelId: String(id), channelNumber: Number(id), integrationType: 'Customer' };
}

function idOf(ids: JsonObject, name: string): string {
  const guid = readGuid(own(ids, name));
  if (guid === undefined) throw new BadFields(`integration.${name} must be a GUID; with raw, "at" can give one`);
  return guid;
}

function typeOf(id: unknown): string | undefined {
  const text = String(id).toLowerCase();
  const known = Object.entries(INTEGRATION_TYPES).find(
    ([name, number]) => name.toLowerCase() === text || String(number) === text,
  );
  return known?.[0];
}

/** Returns camelCase keys, the signing keys separately. Empty for a raw configuration that is not an object. */
function readConfiguration(integration: JsonObject): {
  readonly configuration: JsonObject;
  readonly keys?: SigningKeys;
} {
  const given = own(integration, 'configuration');
  if (!isJsonObject(given)) return { configuration: {} };
  const { publicSigningKey, privateSigningKey, ...rest } = camelKeys(given);
  const capabilities = rest['capabilities'];
  const configuration = { ...rest, ...(isJsonObject(capabilities) && { capabilities: camelKeys(capabilities) }) };
  const signed = typeof publicSigningKey === 'string' && typeof privateSigningKey === 'string';
  return { configuration, ...(signed && { keys: { publicSigningKey, privateSigningKey } }) };
}

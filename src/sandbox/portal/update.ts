import { integrationTypeOf } from '../channels/sandbox-channel';
import { isJsonObject, type JsonObject, own } from '../json';
import { jsonResponse } from '../sandbox-http';
import { newSigningKeys, type StoredIntegration } from './integration-store';
import type { Outcome, PortalCall } from './portal-call';
import { rejectIfAny, rejection } from './portal-error';
import {
  flag,
  NAME,
  object,
  optional,
  type Properties,
  type PropertyValues,
  readProperties,
  STATUS_ID,
} from './properties';
import { viewIntegration } from './view';

const UPDATE_PROPERTIES: Properties = {
  name: optional(NAME),
  statusId: optional(STATUS_ID),
  configuration: optional(object),
};

/** Update: omitted members are unchanged; `configuration` is replaced entirely or, if frozen, ignored with a 200. */
export function updateIntegration(call: PortalCall, current: StoredIntegration, body: JsonObject): Outcome {
  const { store, tenant } = call;
  const { values, errors } = readProperties(UPDATE_PROPERTIES, body, { anyCase: false });
  const given = own(values, 'configuration');
  const isReplaced = isJsonObject(given) && !current.channel.configurationFrozen;
  const configuration = isReplaced ? readConfiguration(current, given) : undefined;
  rejectIfAny([...errors, ...(configuration?.errors ?? [])]);

  const name = own(values, 'name');
  const statusId = own(values, 'statusId');
  if (typeof name === 'string' && store.isNameTaken(tenant.name, current.hubId, name, current.integrationId)) {
    throw rejection(700);
  }
  const updated: StoredIntegration = {
    ...current,
    ...(configuration && replaceConfiguration(current, configuration.values)),
    ...(typeof name === 'string' && { name }),
    ...(typeof statusId === 'number' && { statusId }),
    modified: new Date().toISOString(),
  };
  const stored = current.raw ? { ...updated, raw: rewriteRaw(current.raw, updated, isReplaced) } : updated;
  store.put(tenant.name, stored);
  return {
    response: jsonResponse(200, viewIntegration(stored, 'write', call.quirks)),
    effect: { kind: 'updated', integrationId: stored.integrationId, hubId: stored.hubId, name: stored.name },
  };
}

/** Undeclared keys that Hubster has already (seeded ones) are accepted; other undeclared keys are rejected. */
function readConfiguration({ channel, configuration }: StoredIntegration, given: JsonObject): PropertyValues {
  const declared = { ...channel.properties, ...(channel.showsKeys && { regenerateKeys: optional(flag) }) };
  const allowed = Object.keys(configuration).filter((key) => !channel.responseOnly?.includes(key));
  return readProperties(declared, keepIntegrationType(given, configuration), { anyCase: true, allowed });
}

function replaceConfiguration({ channel, keys }: StoredIntegration, values: JsonObject): Partial<StoredIntegration> {
  const { regenerateKeys, ...configuration } = values;
  const needsKeys = channel.showsKeys?.(configuration) && !keys;
  return {
    configuration: channel.connect?.(configuration).configuration ?? configuration,
    integrationTypeId: integrationTypeOf(channel, configuration),
    ...((regenerateKeys === true || needsKeys) && { keys: newSigningKeys() }),
  };
}

/** The document's Update sample omits the mandatory integration type of a Direct: the current one is kept (S-304). */
function keepIntegrationType(given: JsonObject, current: JsonObject): JsonObject {
  const type = own(current, 'integrationType');
  const isGiven = Object.keys(given).some((key) => key.toLowerCase() === 'integrationtype');
  return type === undefined || isGiven ? given : { ...given, integrationType: type };
}

/** A raw integration stays raw, except for the updated members. */
function rewriteRaw(
  raw: JsonObject,
  { name, statusId, configuration, keys }: StoredIntegration,
  isReplaced: boolean,
): JsonObject {
  return { ...raw, name, statusId, ...(isReplaced && { configuration: { ...configuration, ...keys } }) };
}

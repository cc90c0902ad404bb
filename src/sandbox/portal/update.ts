import { jsonResponse } from '../http/sandbox-response';
import { isJsonObject, type JsonObject, own } from '../json';
import { readProperties } from '../rules/properties';
import { flag } from '../rules/property';
import { newSigningKeys } from '../store/signing-keys';
import type { StoredIntegration } from '../store/stored-integration';
import type { Outcome, PortalCall } from './portal-call';
import { type PortalError, refusal, refuseIfAny } from './portal-error';
import { viewIntegration } from './view';
import { UPDATE_PROPERTIES } from './write-body';

/** What an update makes of an integration, and what is wrong with it. */
interface Change {
  readonly changed: Partial<StoredIntegration>;
  readonly problems: readonly PortalError[];
}

const NO_CHANGE: Change = { changed: {}, problems: [] };

/** Update (requirements 4): what is left out stays, `configuration` is replaced whole or, where frozen, ignored with a 200. */
export function updateIntegration(call: PortalCall, current: StoredIntegration, body: JsonObject): Outcome {
  const { store, tenant } = call;
  const { values, problems } = readProperties(UPDATE_PROPERTIES, body, { anyCase: false });
  const given = own(values, 'configuration');
  const replaces = isJsonObject(given) && !current.channel.configurationFrozen;
  const configured = replaces ? replaceConfiguration(current, given) : NO_CHANGE;
  refuseIfAny([...problems, ...configured.problems]);

  const name = own(values, 'name');
  const statusId = own(values, 'statusId');
  if (typeof name === 'string' && store.isNameTaken(tenant.name, current.hubId, name, current.integrationId)) {
    throw refusal(700);
  }
  const updated: StoredIntegration = {
    ...current,
    ...configured.changed,
    ...(typeof name === 'string' && { name }),
    ...(typeof statusId === 'number' && { statusId }),
    modified: new Date().toISOString(),
  };
  const stored = current.raw ? { ...updated, raw: rewriteRaw(current.raw, updated, replaces) } : updated;
  store.put(tenant.name, stored);
  return {
    response: jsonResponse(200, viewIntegration(stored, 'write', call.quirks)),
    effect: { kind: 'updated', integrationId: stored.integrationId, hubId: stored.hubId, name: stored.name },
  };
}

/** Keys that Hubster holds without declaring them (seeded ones) are taken back; every other undeclared key is refused. */
function replaceConfiguration({ channel, configuration, keys }: StoredIntegration, given: JsonObject): Change {
  const declared = {
    ...channel.properties,
    ...(channel.signing && { regenerateKeys: { mandatory: false, check: flag } }),
  };
  const complete = keepIntegrationType(given, configuration);
  const passing = Object.keys(configuration).filter((key) => !channel.responseOnly?.includes(key));
  const { values, problems } = readProperties(declared, complete, { anyCase: true, passing });
  if (problems.length > 0) return { changed: {}, problems };
  const { regenerateKeys, ...rest } = values;
  const needsKeys = channel.showsKeys?.(rest) && !keys;
  return {
    changed: {
      configuration: channel.connect(rest).configuration,
      integrationTypeId: channel.integrationType(rest),
      ...((regenerateKeys === true || needsKeys) && { keys: newSigningKeys() }),
    },
    problems: [],
  };
}

/** The document's own Update sample leaves out the mandatory integration type of a Direct: the current one stays (S-304). */
function keepIntegrationType(given: JsonObject, current: JsonObject): JsonObject {
  const type = own(current, 'integrationType');
  const isGiven = Object.keys(given).some((key) => key.toLowerCase() === 'integrationtype');
  return type === undefined || isGiven ? given : { ...given, integrationType: type };
}

/** A planted integration stays planted, but for what the update says. */
function rewriteRaw(
  raw: JsonObject,
  { name, statusId, configuration, keys }: StoredIntegration,
  replaces: boolean,
): JsonObject {
  return { ...raw, name, statusId, ...(replaces && { configuration: { ...configuration, ...keys } }) };
}

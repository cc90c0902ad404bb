import { randomUUID } from 'node:crypto';
import { channelByName } from '../channels/channel-table';
import type { SandboxChannel } from '../channels/sandbox-channel';
import { isJsonObject, type JsonObject, own } from '../json';
import { readProperties } from '../rules/properties';
import { unsupported } from '../rules/property';
import { jsonResponse } from '../sandbox-http';
import { newSigningKeys } from '../store/signing-keys';
import type { StoredIntegration } from '../store/stored-integration';
import type { Outcome, PortalCall } from './portal-call';
import { type PortalError, rejectIfAny, rejection } from './portal-error';
import { viewIntegration } from './view';
import { CREATE_PROPERTIES } from './write-body';

/** A valid body. */
interface Creation {
  readonly channel: SandboxChannel;
  readonly name: string;
  readonly statusId: number;
  readonly configuration: JsonObject;
}

/** Create (docs/requirements.md). Throws a `PortalRejection` with all errors of the body, or with the first conflict. */
export function createIntegration(call: PortalCall, hubId: string, body: JsonObject): Outcome {
  const { store, tenant } = call;
  const { channel, name, statusId, configuration } = readCreation(body);
  if (store.isNameTaken(tenant.name, hubId, name)) throw rejection(700);
  const connection = channel.connect(configuration);
  if (connection.singleUseCode !== undefined) {
    if (store.isCodeSpent(connection.singleUseCode)) throw rejection(206, 'The code has been used before.');
    store.spendCode(connection.singleUseCode);
  }
  if (connection.account !== undefined && store.isAccountTaken(connection.account)) throw rejection(701);

  const now = new Date().toISOString();
  const integration: StoredIntegration = {
    integrationId: randomUUID(),
    hubId,
    channel,
    integrationTypeId: channel.integrationType(configuration),
    name,
    statusId,
    configuration: connection.configuration,
    ...(channel.showsKeys?.(configuration) && { keys: newSigningKeys() }),
    ...(connection.account !== undefined && { account: connection.account }),
    created: now,
    modified: now,
    sequence: store.count(tenant.name, 'integrations'),
    ordinal: store.count(tenant.name, channel.channelId),
  };
  store.put(tenant.name, integration);
  return {
    response: jsonResponse(200, viewIntegration(integration, 'write', call.quirks)),
    effect: { kind: 'created', integrationId: integration.integrationId, hubId, name },
  };
}

function readCreation(body: JsonObject): Creation {
  const { values, errors } = readProperties(CREATE_PROPERTIES, body, { anyCase: false });
  const channelId = own(values, 'channelId');
  const channel = channelByName(channelId);
  const creatable = channel?.creatable ? channel : undefined;
  const unknownChannel = typeof channelId === 'string' && channelId !== '' && !creatable;
  const given = own(values, 'configuration');
  const inner = creatable && isJsonObject(given) ? readConfiguration(creatable, given) : undefined;
  rejectIfAny([...errors, ...(unknownChannel ? [unsupported('channelId')] : []), ...(inner?.errors ?? [])]);

  const name = own(values, 'name');
  const statusId = own(values, 'statusId') ?? 3000;
  if (!creatable || !inner || typeof name !== 'string' || typeof statusId !== 'number') throw rejection(100);
  return { channel: creatable, name, statusId, configuration: inner.values };
}

function readConfiguration(
  channel: SandboxChannel,
  given: JsonObject,
): { readonly values: JsonObject; readonly errors: readonly PortalError[] } {
  const { values, errors } = readProperties(channel.properties, given, { anyCase: true });
  return { values, errors: [...errors, ...(channel.errors?.(values) ?? [])] };
}

import { randomUUID } from 'node:crypto';
import { channelByName } from '../channels/channel-table';
import { type Connection, integrationTypeOf, type SandboxChannel } from '../channels/sandbox-channel';
import { isJsonObject, type JsonObject, own } from '../json';
import { jsonResponse } from '../sandbox-http';
import { newSigningKeys } from './integration-store';
import type { Outcome, PortalCall } from './portal-call';
import { rejectIfAny, rejection } from './portal-error';
import {
  mandatory,
  NAME,
  object,
  optional,
  type Properties,
  readProperties,
  STATUS_ID,
  text,
  unsupported,
} from './properties';
import { viewIntegration } from './view';

const CREATE_PROPERTIES: Properties = {
  channelId: mandatory(text()),
  name: mandatory(NAME),
  statusId: optional(STATUS_ID),
  configuration: mandatory(object),
};

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
  const { singleUseCode, ...connection }: Connection = channel.connect?.(configuration) ?? { configuration };
  if (singleUseCode !== undefined && !store.useCode(singleUseCode)) {
    throw rejection(206, 'The code has been used before.');
  }
  if (connection.account !== undefined && store.isAccountTaken(connection.account)) throw rejection(701);

  const integration = store.add(tenant.name, {
    integrationId: randomUUID(),
    hubId,
    channel,
    integrationTypeId: integrationTypeOf(channel, configuration),
    name,
    statusId,
    ...connection,
    ...(channel.showsKeys?.(configuration) && { keys: newSigningKeys() }),
  });
  return {
    response: jsonResponse(200, viewIntegration(integration, 'write', call.quirks)),
    effect: { kind: 'created', integrationId: integration.integrationId, hubId, name },
  };
}

function readCreation(body: JsonObject): Creation {
  const { values, errors } = readProperties(CREATE_PROPERTIES, body, { anyCase: false });
  const channelId = own(values, 'channelId');
  const channel = channelByName(channelId);
  const isUnknown = typeof channelId === 'string' && channelId !== '' && !channel?.properties;
  const given = own(values, 'configuration');
  const configuration =
    channel?.properties && isJsonObject(given)
      ? readProperties(channel.properties, given, { anyCase: true })
      : undefined;
  rejectIfAny([
    ...errors,
    ...(isUnknown ? [unsupported('channelId')] : []),
    ...(configuration?.errors ?? []),
    ...((configuration && channel?.errors?.(configuration.values)) ?? []),
  ]);

  const name = own(values, 'name');
  const statusId = own(values, 'statusId') ?? 3000;
  if (!channel || !configuration || typeof name !== 'string' || typeof statusId !== 'number') throw rejection(100);
  return { channel, name, statusId, configuration: configuration.values };
}

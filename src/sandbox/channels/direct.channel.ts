import { isJsonObject, type JsonObject, own } from '../json';
import { flag, mandatory, oneOf, optional, startMessages, webUrl } from '../portal/properties';
import { INTEGRATION_TYPES, type IntegrationType, type SandboxChannel } from './sandbox-channel';

export const direct: SandboxChannel = {
  channelId: 'Direct',
  channelNumber: 1,
  integrationType: (configuration) => {
    const type = own(configuration, 'integrationType');
    return isIntegrationType(type) ? type : 'Customer';
  },
  properties: {
    integrationType: mandatory(oneOf(Object.keys(INTEGRATION_TYPES))),
    echo: optional(flag),
    webhookUrl: optional(webUrl),
    start: optional(startMessages),
  },
  responseOnly: ['welcomeMessage'],
  connect: (configuration) => ({ configuration: { echo: false, ...configuration } }),
  showsKeys: deliversByWebhook,
  quirks: { read: readQuirks },
};

/** Without a `webhookUrl` Hubster delivers over websockets, unsigned (S-232, S-509). */
function deliversByWebhook(configuration: JsonObject): boolean {
  return own(configuration, 'webhookUrl') !== undefined;
}

/** As in the samples of Get and Get by Channel Type: two spellings in one object, no inner type, a text in place of `start`. */
function readQuirks(configuration: JsonObject): JsonObject {
  const { integrationType: _omitted, webhookUrl, echo, start, ...rest } = configuration;
  if (webhookUrl === undefined) return { Echo: echo };
  const welcome = singleText(start);
  return {
    WebhookUrl: webhookUrl,
    ...rest,
    Echo: echo,
    ...(welcome !== undefined && { WelcomeMessage: welcome }),
    ...(welcome === undefined && start !== undefined && { start }),
  };
}

/** The text of a `start` that consists of one plain text message. */
function singleText(start: unknown): string | undefined {
  if (!Array.isArray(start) || start.length !== 1) return undefined;
  const [message]: unknown[] = start;
  if (!isJsonObject(message) || Object.keys(message).length !== 2 || own(message, 'type') !== 'text') return undefined;
  const welcome = own(message, 'text');
  return typeof welcome === 'string' ? welcome : undefined;
}

function isIntegrationType(value: unknown): value is IntegrationType {
  return typeof value === 'string' && Object.hasOwn(INTEGRATION_TYPES, value);
}

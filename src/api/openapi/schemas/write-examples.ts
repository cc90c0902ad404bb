import type { Channel, ChannelId } from '../../../channels/channel';
import { CHANNELS } from '../../../channels/channel-registry';
import type { JsonObject } from '../../../json/json-value';

/** A request for a channel that works without edits. */
export function createExample({ id, example }: Pick<Channel, 'id' | 'example'>): JsonObject {
  return { channelId: id, name: `My cool ${id} integration.`, statusId: 3000, configuration: example };
}

/** A body of an update that a caller can send. */
interface UpdateExample {
  readonly summary: string;
  readonly value: JsonObject;
  /** The channel of the integration that it updates. */
  readonly channel: ChannelId;
  /** The header `Prefer` that it needs. */
  readonly prefer?: string;
}

type UpdateExamples = Readonly<Record<string, UpdateExample>>;

const DIRECT_URL = 'https://app.acme.example/hubster/webhooks';
const FROZEN = { name: 'Acme on Facebook', configuration: { pageAccessToken: 'another-page-access-token' } };

const PAUSE: UpdateExamples = {
  rename: { channel: 'Direct', summary: 'Rename', value: { name: 'Web application' } },
  pause: { channel: 'Direct', summary: 'Pause', value: { statusId: 3002 } },
  resume: { channel: 'Direct', summary: 'Resume', value: { statusId: 3000 } },
};

const SENT_BACK: UpdateExample = {
  channel: 'TwilioSMS',
  summary: 'A response, sent back with another name: masks keep their secrets',
  value: {
    integrationId: '00000000-0000-4000-8000-000000000003',
    hubId: '3bc1e69f-c520-446f-ab2c-01751fd66a31',
    integrationTypeId: 'Customer',
    channelId: 'TwilioSMS',
    name: 'Orders by text message',
    statusId: 3000,
    configuration: {
      authToken: '********',
      accountSid: 'AC-account-of-the-demo',
      numberSid: 'PN-number-of-the-demo',
      phoneNumber: '+16475550100',
      capabilities: { mms: true, sms: true, voice: true },
    },
    secrets: { authToken: { set: true, fingerprint: 'fp2:445f.ykzk3lguxx73raqg' } },
  },
};

const FROZEN_CHANNEL: UpdateExamples = {
  frozen: {
    channel: 'Messenger',
    summary: 'A configuration that Hubster does not update: 409, and nothing is applied',
    value: FROZEN,
  },
  frozenLenient: {
    channel: 'Messenger',
    summary: 'The same with the header Prefer: handling=lenient: the name is applied, with a warning',
    value: FROZEN,
    prefer: 'handling=lenient',
  },
};

/** Updates by POST, which replace the whole configuration. */
const POST_UPDATES: UpdateExamples = {
  ...PAUSE,
  configuration: {
    channel: 'Direct',
    summary: 'Replace the whole configuration',
    value: { configuration: { integrationType: 'Customer', webhookUrl: DIRECT_URL, echo: true } },
  },
  regenerateKeys: {
    channel: 'Direct',
    summary: 'Rotate the signing keys; members that the configuration omits are removed',
    value: { configuration: { integrationType: 'Customer', webhookUrl: DIRECT_URL, regenerateKeys: true } },
  },
  ...FROZEN_CHANNEL,
  sentBack: SENT_BACK,
};

/** Updates by PATCH, which leave what they omit as it is. */
const PATCH_UPDATES: UpdateExamples = {
  ...PAUSE,
  partial: {
    channel: 'Direct',
    summary: 'One member of the configuration; the others remain',
    value: { configuration: { echo: true } },
  },
  regenerateKeys: {
    channel: 'Direct',
    summary: 'Rotate the signing keys',
    value: { configuration: { regenerateKeys: true } },
  },
  remove: {
    channel: 'WebChat',
    summary: 'Remove a member with null',
    value: { configuration: { start: null } },
  },
  ...FROZEN_CHANNEL,
  sentBack: SENT_BACK,
};

/** What each example of an update needs beside its body. */
export const UPDATE_EXAMPLES: UpdateExamples = { ...POST_UPDATES, ...PATCH_UPDATES };

const CREATES = Object.fromEntries(
  CHANNELS.filter((channel) => channel.isCreatable).map((channel) => [
    channel.id,
    { summary: `Create: ${channel.id}`, value: createExample(channel) },
  ]),
);

const requests = (updates: UpdateExamples, prefix = ''): JsonObject =>
  Object.fromEntries(
    Object.entries(updates).map(([key, { summary, value }]) => [key, { summary: `${prefix}${summary}`, value }]),
  );

/** The first one of each is what Swagger UI offers. */
export const POST_EXAMPLES = { ...CREATES, ...requests(POST_UPDATES, 'Update: ') };
export const PATCH_EXAMPLES = requests(PATCH_UPDATES);

import type { Channel } from '../../../channels/channel';
import { CHANNELS } from '../../../channels/channel-registry';
import type { JsonObject } from '../../../json/json-value';
import { integrationExample } from './integration-examples';

/** A request for a channel that works without edits. */
export function createExample({ id, example }: Pick<Channel, 'id' | 'example'>): JsonObject {
  return { channelId: id, name: `My cool ${id} integration.`, statusId: 3000, configuration: example };
}

const CREATES = Object.fromEntries(
  CHANNELS.filter((channel) => channel.isCreatable).map((channel) => [
    channel.id,
    { summary: `Create: ${channel.id}`, value: createExample(channel) },
  ]),
);

const RENAME = { name: 'A new name' };
const PAUSE = { statusId: 3002 };
const FROZEN = { name: 'Support line', configuration: { authToken: 'another token' } };
const FROZEN_SUMMARY = 'Frozen channel (TwilioSMS): 409, or a warning with `Prefer: handling=lenient`';
const SENT_BACK = { ...integrationExample('WebChat'), name: 'Renamed' };

const example = (summary: string, value: JsonObject) => ({ summary, value });

/** The first one of each is what Swagger UI offers. */
export const POST_EXAMPLES = {
  ...CREATES,
  rename: example('Update: rename (the id in the path is that of the integration, here and below)', RENAME),
  pause: example('Update: pause', PAUSE),
  replace: example('Update: replace the configuration of a WebChat', {
    configuration: { allowedOrigins: ['example.com'] },
  }),
  rotateKeys: example('Update: new signing keys of a Direct', {
    configuration: { webhookUrl: 'https://url_end_point.com', regenerateKeys: true },
  }),
  sentBack: example('Update: a response sent back, with a new name', SENT_BACK),
};

export const PATCH_EXAMPLES = {
  rename: example('Rename', RENAME),
  pause: example('Pause', PAUSE),
  partial: example('A part of the configuration (Direct)', { configuration: { echo: false } }),
  remove: example('null removes an optional property (Direct)', { configuration: { webhookUrl: null } }),
  rotateKeys: example('New signing keys (Direct, System)', { configuration: { regenerateKeys: true } }),
  frozen: example(FROZEN_SUMMARY, FROZEN),
  sentBack: example('A response sent back, with a new name', SENT_BACK),
};

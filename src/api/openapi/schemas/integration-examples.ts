import type { ChannelId } from '../../../channels/channel';
import { CHANNELS, channelById } from '../../../channels/channel-registry';
import { maskConfiguration, secretsOf } from '../../../channels/mask-configuration';
import type { JsonObject } from '../../../json/json-value';

const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** An integration of the demo as a response shows it. */
export function integrationExample(id: ChannelId): JsonObject {
  const channel = channelById(id);
  if (!channel) throw new Error(`${id} is no channel.`);
  const { integrationType, example } = channel;
  const names = [...secretsOf(channel, example).keys()];
  return {
    integrationId: `00000000-0000-4000-8000-${String(CHANNELS.indexOf(channel) + 1).padStart(12, '0')}`,
    hubId: HUB,
    integrationTypeId: integrationType === 'configuration.integrationType' ? 'Agent' : (integrationType ?? 'Customer'),
    channelId: id,
    name: `My cool ${id} integration.`,
    statusId: 3000,
    configuration: maskConfiguration(channel, example),
    secrets: Object.fromEntries(names.map((name) => [name, { set: true, fingerprint: 'fp2:1c0d.abcdefghij234567' }])),
  };
}

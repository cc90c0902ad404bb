import type { Integration } from '../../../src/hubster/integration';
import { type Quirk, readIntegration } from '../../../src/hubster/normaliser';

export const ID = '00000000-0000-0000-0000-000000000001';
export const HUB = '3bc1e69f-c520-446f-ab2c-01751fd66a31';

/** An integration as documented for Create. */
export const SENT = {
  integrationId: ID,
  hubId: HUB,
  integrationTypeId: 'Customer',
  channelId: 'TwilioSMS',
  name: 'Support line',
  statusId: 3000,
  configuration: { authToken: 't', accountSid: 'AC1', numberSid: 'PN1', capabilities: { sms: true } },
};

/** The quirks that are counted when it is read. */
export const quirksOf = (json: unknown): readonly Quirk[] => {
  const quirks: Quirk[] = [];
  readIntegration(json, (quirk) => quirks.push(quirk));
  return quirks;
};

/** An integration as plain data, with the name of its channel. */
const plain = ({ channel, configuration, ...rest }: Integration) => ({
  ...rest,
  channelId: channel.id,
  configuration: configuration.reveal(),
});

/** The integration that is read, as plain data. */
export const read = (json: unknown) => {
  const integration = readIntegration(json, () => undefined);
  return integration && plain(integration);
};

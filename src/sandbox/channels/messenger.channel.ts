import { own } from '../json';
import { mandatory, text } from '../portal/properties';
import { accountDigits, isSample, pascalKeys, type SandboxChannel } from './sandbox-channel';

/** Each page access token belongs to one Facebook page. */
export const messenger: SandboxChannel = {
  channelId: 'Messenger',
  channelNumber: 101,
  integrationType: 'Customer',
  properties: { pageAccessToken: mandatory(text()) },
  configurationFrozen: true,
  connect: (configuration) => {
    const token = String(own(configuration, 'pageAccessToken'));
    const pageId = accountDigits(token, 15);
    return {
      configuration: { appId: '353604659380012', pageId, ...configuration },
      ...(!isSample(token) && { account: `page ${pageId}` }),
    };
  },
  inboundId: (configuration) => own(configuration, 'pageId'),
  quirks: { read: pascalKeys },
};

import { own } from '../json';
import { text } from '../rules/property';
import { accountSeed, digitsFrom, isSample, textOf } from './provider';
import { asIs, pascalKeys } from './respelling';
import type { SandboxChannel } from './sandbox-channel';

/** Each page access token belongs to one Facebook page. */
export const messenger: SandboxChannel = {
  channelId: 'Messenger',
  channelNumber: 101,
  creatable: true,
  configurationFrozen: true,
  signing: false,
  properties: { pageAccessToken: { mandatory: true, check: text() } },
  integrationType: () => 'Customer',
  connect: (configuration) => {
    const token = textOf(own(configuration, 'pageAccessToken'));
    const pageId = digitsFrom(accountSeed(token), 15);
    return {
      configuration: { appId: '353604659380012', pageId, ...configuration },
      ...(!isSample(token) && { account: `page ${pageId}` }),
    };
  },
  inboundId: (configuration) => own(configuration, 'pageId'),
  quirks: { written: asIs, read: pascalKeys },
};

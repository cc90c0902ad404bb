import { startMessages } from '../rules/messages';
import { list, text } from '../rules/property';
import { asIs, pascalKeys } from './respelling';
import type { SandboxChannel } from './sandbox-channel';

export const webChat: SandboxChannel = {
  channelId: 'WebChat',
  channelNumber: 106,
  creatable: true,
  configurationFrozen: false,
  signing: false,
  properties: {
    allowedOrigins: { mandatory: true, check: list(text(), { atLeastOne: true }) },
    start: { mandatory: false, check: startMessages },
  },
  responseOnly: ['echo'],
  integrationType: () => 'Customer',
  // Every WebChat response has an echo that requests cannot set (S-223).
  connect: (configuration) => ({ configuration: { ...configuration, echo: true } }),
  quirks: { written: pascalKeys, read: asIs },
};

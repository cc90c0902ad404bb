import { list, mandatory, optional, startMessages, text } from '../portal/properties';
import { pascalKeys, type SandboxChannel } from './sandbox-channel';

export const webChat: SandboxChannel = {
  channelId: 'WebChat',
  channelNumber: 106,
  integrationType: 'Customer',
  properties: {
    allowedOrigins: mandatory(list(text(), { atLeastOne: true })),
    start: optional(startMessages),
  },
  responseOnly: ['echo'],
  // Every WebChat response has an echo that requests cannot set (S-223).
  connect: (configuration) => ({ configuration: { ...configuration, echo: true } }),
  quirks: { written: pascalKeys },
};

import { list, oneOf, webUrl } from '../rules/property';
import { asIs } from './respelling';
import type { SandboxChannel } from './sandbox-channel';

const EVENT_FILTERS = ['message', 'message:customer', 'message:agent', 'message:bot'];

export const system: SandboxChannel = {
  channelId: 'System',
  channelNumber: 3,
  creatable: true,
  configurationFrozen: false,
  signing: true,
  properties: {
    webhookUrl: { mandatory: true, check: webUrl },
    events: { mandatory: true, check: list(oneOf(EVENT_FILTERS), { atLeastOne: true }) },
  },
  integrationType: () => 'System',
  connect: (configuration) => ({ configuration }),
  showsKeys: () => true,
  quirks: { written: asIs, read: asIs },
};

import { list, mandatory, oneOf, webUrl } from '../portal/properties';
import type { SandboxChannel } from './sandbox-channel';

const EVENT_FILTERS = ['message', 'message:customer', 'message:agent', 'message:bot'];

export const system: SandboxChannel = {
  channelId: 'System',
  channelNumber: 3,
  integrationType: 'System',
  properties: {
    webhookUrl: mandatory(webUrl),
    events: mandatory(list(oneOf(EVENT_FILTERS), { atLeastOne: true })),
  },
  showsKeys: () => true,
};

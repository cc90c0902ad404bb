import { declareChannel } from '../channel';
import { SystemConfiguration } from './system.configuration';

export const system = declareChannel({
  id: 'System',
  integrationType: 'System',
  configurationUpdate: 'replaces',
  configuration: SystemConfiguration,
  example: {
    webhookUrl: 'https://url_end_point.com',
    events: ['message:customer', 'message:agent', 'message:bot'],
  },
});

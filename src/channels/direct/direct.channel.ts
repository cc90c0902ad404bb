import { declareChannel } from '../channel';
import { DirectConfiguration } from './direct.configuration';

export const direct = declareChannel({
  id: 'Direct',
  integrationType: 'configuration.integrationType',
  configurationUpdate: 'replaces',
  configuration: DirectConfiguration,
  example: { integrationType: 'Agent', echo: true, webhookUrl: 'https://url_end_point.com' },
});

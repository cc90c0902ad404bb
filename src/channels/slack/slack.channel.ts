import { declareChannel } from '../channel';
import { SlackConfiguration } from './slack.configuration';

export const slack = declareChannel({
  id: 'Slack',
  integrationType: 'Agent',
  configurationUpdate: 'frozen',
  configuration: SlackConfiguration,
  exactlyOneOf: ['state', 'nonce'],
  isSingleUse: true,
  example: { code: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...', state: 'TODO:' },
});

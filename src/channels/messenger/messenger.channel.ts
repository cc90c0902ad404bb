import { declareChannel } from '../channel';
import { MessengerConfiguration } from './messenger.configuration';

export const messenger = declareChannel({
  id: 'Messenger',
  integrationType: 'Customer',
  configurationUpdate: 'frozen',
  configuration: MessengerConfiguration,
  example: { pageAccessToken: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...' },
});

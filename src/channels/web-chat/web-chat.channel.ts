import { declareChannel } from '../channel';
import { WebChatConfiguration } from './web-chat.configuration';

export const webChat = declareChannel({
  id: 'WebChat',
  integrationType: 'Customer',
  configurationUpdate: 'replaces',
  configuration: WebChatConfiguration,
  example: {
    allowedOrigins: ['localhost', 'hubster.io'],
    start: [{ type: 'text', text: 'Welcome to Hubster! How can we help you?' }],
  },
});

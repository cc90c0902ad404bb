import { IsBoolean, IsDefined } from 'class-validator';
import { declareChannel } from '../channel';
import { Documented, ReadOnly } from '../field';
import { IsMessages, type Message } from '../messages';
import { IsAllowedOrigins } from './allowed-origins';

/** S-220 to S-227. */
class WebChatConfiguration {
  @Documented('One or more domains that host the WebChat component.')
  @IsDefined()
  @IsAllowedOrigins()
  readonly allowedOrigins!: readonly string[];

  @Documented('Hubster messages that greet a visitor.')
  @IsMessages()
  readonly start?: readonly Message[];

  @Documented('Whether an activity is echoed back.')
  @ReadOnly()
  @IsBoolean()
  readonly echo?: boolean;
}

export const webChat = declareChannel({
  id: 'WebChat',
  integrationType: 'Customer',
  configurationUpdate: 'replaces',
  configuration: WebChatConfiguration,
  writesShowAll: true,
  example: {
    allowedOrigins: ['localhost', 'hubster.io'],
    start: [{ type: 'text', text: 'Welcome to Hubster! How can we help you?' }],
  },
});

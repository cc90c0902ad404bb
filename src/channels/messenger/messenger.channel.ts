import { IsDefined } from 'class-validator';
import { declareChannel } from '../channel';
import { Documented, ReadOnly, Secret } from '../field';
import { IsText } from '../validate-configuration';

/** S-210 to S-213. */
class MessengerConfiguration {
  @Documented('Facebook page access token.')
  @Secret()
  @IsDefined()
  @IsText()
  readonly pageAccessToken!: string;

  @Documented('The Facebook app.')
  @ReadOnly()
  @IsText()
  readonly appId?: string;

  @Documented('The Facebook page.')
  @ReadOnly()
  @IsText()
  readonly pageId?: string;
}

export const messenger = declareChannel({
  id: 'Messenger',
  integrationType: 'Customer',
  configurationUpdate: 'frozen',
  configuration: MessengerConfiguration,
  example: { pageAccessToken: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...' },
});

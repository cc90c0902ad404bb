import { IsDefined } from 'class-validator';
import { declareChannel } from '../channel';
import { Documented, ReadOnly, Secret } from '../field';
import { IsText } from '../validate-configuration';

/** S-250 to S-256. A request and a response have no field in common (S-253). */
class SlackConfiguration {
  @Documented('Slack OAuth2 code; single-use.')
  @Secret()
  @IsDefined()
  @IsText()
  readonly code!: string;

  @Documented('UNIX time and client secret; exactly one of `state` and `nonce`.')
  @Secret()
  @IsText()
  readonly state?: string;

  @Documented('The name of `state` in newer documents.')
  @Secret()
  @IsText()
  readonly nonce?: string;

  @Documented('Token of the Slack bot.')
  @ReadOnly()
  @Secret()
  @IsText()
  readonly botAccessToken?: string;

  @Documented('Token of the Slack app.')
  @ReadOnly()
  @Secret()
  @IsText()
  readonly appAccessToken?: string;

  @Documented('The public channel that the app posts to.')
  @ReadOnly()
  @IsText()
  readonly defaultPublicChannel?: string;

  @Documented('The Slack workspace.')
  @ReadOnly()
  @IsText()
  readonly teamId?: string;

  @Documented('The name of the Slack bot.')
  @ReadOnly()
  @IsText()
  readonly botName?: string;
}

export const slack = declareChannel({
  id: 'Slack',
  integrationType: 'Agent',
  configurationUpdate: 'frozen',
  configuration: SlackConfiguration,
  exactlyOneOf: ['state', 'nonce'],
  isSingleUse: true,
  writesShowAll: true,
  example: { code: 'EAAFBmgAdBToBADCvmo5w10tmlh97uxhtorpi5Adrdo0wtwFfXfkNxxLAY29AxwBHJNfXH5rR...', state: 'TODO:' },
});

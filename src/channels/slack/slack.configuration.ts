import { Field } from '../fields/field';
import { text } from '../fields/text';

/** S-250 to S-256. A request and a response have no field in common (S-253). */
export class SlackConfiguration {
  @Field(text, { required: true, secret: true, description: 'Slack OAuth2 code; single-use.' })
  readonly code!: string;

  @Field(text, { secret: true, description: 'UNIX time and client secret; exactly one of `state` and `nonce`.' })
  readonly state?: string;

  @Field(text, { secret: true, description: 'The name of `state` in newer documents.' })
  readonly nonce?: string;

  @Field(text, { readOnly: true, secret: true, description: 'Token of the Slack bot.' })
  readonly botAccessToken?: string;

  @Field(text, { readOnly: true, secret: true, description: 'Token of the Slack app.' })
  readonly appAccessToken?: string;

  @Field(text, { readOnly: true, description: 'The public channel that the app posts to.' })
  readonly defaultPublicChannel?: string;

  @Field(text, { readOnly: true, description: 'The Slack workspace.' })
  readonly teamId?: string;

  @Field(text, { readOnly: true, description: 'The name of the Slack bot.' })
  readonly botName?: string;
}

import { Field } from '../fields/field';
import { text } from '../fields/text';

/** S-210 to S-213. */
export class MessengerConfiguration {
  @Field(text, { required: true, secret: true, description: 'Facebook page access token.' })
  readonly pageAccessToken!: string;

  @Field(text, { readOnly: true, description: 'The Facebook app.' })
  readonly appId?: string;

  @Field(text, { readOnly: true, description: 'The Facebook page.' })
  readonly pageId?: string;
}

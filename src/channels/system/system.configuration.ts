import { events } from '../fields/events';
import { Field } from '../fields/field';
import { flag } from '../fields/flag';
import { text } from '../fields/text';
import { webhookUrl } from '../fields/webhook-url';

/** S-241 to S-248, S-306. */
export class SystemConfiguration {
  @Field(webhookUrl, { required: true, description: 'Where activities are delivered.' })
  readonly webhookUrl!: string;

  @Field(events, { required: true, description: 'The activity events to be told of.' })
  readonly events!: readonly string[];

  @Field(flag, { updateOnly: true, description: 'Forces a new pair of signing keys.' })
  readonly regenerateKeys?: boolean;

  @Field(text, { readOnly: true, description: 'Names the key that webhooks are signed with.' })
  readonly publicSigningKey?: string;

  @Field(text, { readOnly: true, secret: true, description: 'The shared key that webhooks are signed with (S-247).' })
  readonly privateSigningKey?: string;
}

import { events } from '../fields/events';
import { Field } from '../fields/field';
import { flag } from '../fields/flag';
import { text } from '../fields/text';
import { webhookUrl } from '../fields/webhook-url';

/** S-241 to S-248, S-306. */
export class SystemConfiguration {
  @Field(webhookUrl, { required: true, description: 'The URL that receives activities.' })
  readonly webhookUrl!: string;

  @Field(events, { required: true, description: 'The activity events that are delivered.' })
  readonly events!: readonly string[];

  @Field(flag, { updateOnly: true, description: 'Forces a new pair of signing keys.' })
  readonly regenerateKeys?: boolean;

  @Field(text, { readOnly: true, description: 'The name of the key that signs webhooks.' })
  readonly publicSigningKey?: string;

  @Field(text, { readOnly: true, secret: true, description: 'The shared key that signs webhooks.' })
  readonly privateSigningKey?: string;
}

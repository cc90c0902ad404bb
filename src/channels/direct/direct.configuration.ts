import { Field } from '../fields/field';
import { flag } from '../fields/flag';
import { integrationType } from '../fields/integration-type.field';
import { messages } from '../fields/messages';
import { text } from '../fields/text';
import { webhookUrl } from '../fields/webhook-url';

/** S-230 to S-240, S-306. */
export class DirectConfiguration {
  @Field(integrationType, {
    required: true,
    defaultsToCurrent: true,
    description: 'Customer, Agent, Bot or System, as name or number.',
  })
  readonly integrationType!: string;

  @Field(flag, { description: 'Whether an activity received from this integration is echoed back.' })
  readonly echo?: boolean;

  @Field(webhookUrl, {
    description: 'The URL that receives activities; without it they are delivered over websockets.',
    lossWarning: {
      code: 'delivery-changed',
      message: 'Without a webhookUrl, activities are now delivered over websockets.',
    },
  })
  readonly webhookUrl?: string;

  @Field(messages, { description: 'Hubster messages that open a conversation.' })
  readonly start?: readonly object[];

  @Field(flag, { updateOnly: true, description: 'Forces a new pair of signing keys.' })
  readonly regenerateKeys?: boolean;

  @Field(text, { readOnly: true, description: 'The name of the key that signs webhooks.' })
  readonly publicSigningKey?: string;

  @Field(text, { readOnly: true, secret: true, description: 'The shared key that signs webhooks.' })
  readonly privateSigningKey?: string;

  @Field(text, {
    readOnly: true,
    description: 'A greeting of older integrations, which `start` replaces.',
    lossWarning: {
      code: 'welcome-message-lost',
      message: 'No documented way keeps the welcome message in such an update.',
    },
  })
  readonly welcomeMessage?: string;
}

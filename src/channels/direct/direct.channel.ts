import { IsBoolean, IsDefined } from 'class-validator';
import { isNumber, type JsonValue, textOfNumber } from '../../json/json-value';
import { declareChannel } from '../channel';
import {
  Canonical,
  DefaultsToCurrent,
  Documented,
  LossWarning,
  ReadOnly,
  Rule,
  Secret,
  ShownAs,
  UpdateOnly,
} from '../field';
import { INTEGRATION_TYPES, integrationTypeOf } from '../integration-type';
import { IsMessages, type Message } from '../messages';
import { IsStringOrNumber, IsText } from '../validate-configuration';
import { IsWebhookUrl } from '../webhook-url';

/** S-230 to S-240, S-306. */
class DirectConfiguration {
  @Documented('Customer, Agent, Bot or System, as name or number.')
  @DefaultsToCurrent()
  @IsDefined()
  @Canonical(integrationTypeOf)
  @ShownAs(integrationTypeOrNumber)
  @Rule('isIntegrationType', (value) => integrationTypeOf(value) !== undefined, {
    context: { schema: { type: 'string', enum: [...INTEGRATION_TYPES] } },
  })
  @IsStringOrNumber()
  readonly integrationType!: string;

  @Documented('Whether an activity received from this integration is echoed back.')
  @IsBoolean()
  readonly echo?: boolean;

  @Documented('The URL that receives activities; without it they are delivered over websockets.')
  @LossWarning('delivery-changed', 'Without a webhookUrl, activities are now delivered over websockets.')
  @IsWebhookUrl()
  readonly webhookUrl?: string;

  @Documented('Hubster messages that open a conversation.')
  @IsMessages()
  readonly start?: readonly Message[];

  @Documented('Forces a new pair of signing keys.')
  @UpdateOnly()
  @IsBoolean()
  readonly regenerateKeys?: boolean;

  @Documented('The name of the key that signs webhooks.')
  @ReadOnly()
  @IsText()
  readonly publicSigningKey?: string;

  @Documented('The shared key that signs webhooks.')
  @ReadOnly()
  @Secret()
  @IsText()
  readonly privateSigningKey?: string;

  @Documented('A greeting of older integrations, which `start` replaces.')
  @ReadOnly()
  @LossWarning('welcome-message-lost', 'No documented way keeps the welcome message in such an update.')
  @IsText()
  readonly welcomeMessage?: string;
}

/** An unknown type of Hubster is shown as its number (S-401). */
function integrationTypeOrNumber(value: JsonValue): JsonValue | undefined {
  return integrationTypeOf(value) ?? (isNumber(value) ? textOfNumber(value) : undefined);
}

export const direct = declareChannel({
  id: 'Direct',
  integrationType: 'configuration.integrationType',
  configurationUpdate: 'replaces',
  configuration: DirectConfiguration,
  example: { integrationType: 'Agent', echo: true, webhookUrl: 'https://url_end_point.com' },
});

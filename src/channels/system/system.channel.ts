import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsString,
} from 'class-validator';
import { MASK } from '../../secrets/secret';
import { mayBeToken } from '../../secrets/token-like';
import { declareChannel } from '../channel';
import { Documented, MaskedInParts, ReadOnly, redactTexts, Secret, UpdateOnly } from '../field';
import { foldCase, IsText } from '../validate-configuration';
import { IsWebhookUrl } from '../webhook-url';

/** The activity event filters of a System integration (docs/hubster.md, S-243). */
export const EVENT_FILTERS = ['message', 'message:customer', 'message:agent', 'message:bot'] as const;

/** S-241 to S-248, S-306. */
class SystemConfiguration {
  @Documented('The URL that receives activities.')
  @IsDefined()
  @IsWebhookUrl()
  readonly webhookUrl!: string;

  @Documented('The activity events that are delivered.')
  @IsDefined()
  @MaskedInParts(redactTexts((event) => (mayBeToken(event) ? MASK : event)))
  @ArrayUnique(foldCase, { message: 'The event is in the list twice.' })
  @IsIn(EVENT_FILTERS, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(EVENT_FILTERS.length, { message: 'At most $constraint1 elements are allowed.' })
  @ArrayMinSize(1)
  @IsArray()
  readonly events!: readonly string[];

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
}

export const system = declareChannel({
  id: 'System',
  integrationType: 'System',
  configurationUpdate: 'replaces',
  configuration: SystemConfiguration,
  writesShowAll: true,
  example: {
    webhookUrl: 'https://url_end_point.com',
    events: ['message:customer', 'message:agent', 'message:bot'],
  },
});

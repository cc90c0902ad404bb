import type { JsonObject } from '../json/json-value';
import { type ConfigurationClass, type FieldDeclaration, fieldsOf } from './field';
import type { IntegrationType } from './integration-type';

/** Hubster's channel types with their numbers (docs/hubster.md, S-012). */
export const CHANNEL_NUMBERS = {
  Direct: 1,
  Bot: 2,
  System: 3,
  Messenger: 101,
  TwilioSMS: 102,
  Line: 103,
  Telegram: 104,
  Kik: 105,
  WebChat: 106,
  Slack: 1001,
} as const;

export type ChannelId = keyof typeof CHANNEL_NUMBERS;

export const CHANNEL_IDS = Object.keys(CHANNEL_NUMBERS) as readonly ChannelId[];

/** All that Stagedoor knows about a channel; derived from its declaration. */
export interface Channel {
  /** The documented name; for a channel that is not in docs/hubster.md, the number in Hubster's response, as digits (S-401). */
  readonly id: string;
  readonly number: number | undefined;
  /** Whether its configuration is documented; other channels can be read but not created (S-260). */
  readonly isCreatable: boolean;
  /** The type of all its integrations, or the field that holds the type of each (S-112). */
  readonly integrationType?: IntegrationType | 'configuration.integrationType';
  /** `frozen`: Hubster ignores updates of the configuration (S-310). `replaces`: an update replaces all of it (S-303). */
  readonly configurationUpdate: 'frozen' | 'replaces';
  /** The class that validates a request's configuration. */
  readonly configuration: ConfigurationClass;
  readonly fields: readonly FieldDeclaration[];
  /** Names of fields of which a request has exactly one (S-251). */
  readonly exactlyOneOf: readonly string[];
  /** Whether the provider accepts its credentials once only (S-250): a create is then never sent again. */
  readonly isSingleUse: boolean;
  /** Whether Hubster's responses to writes and its lists have all that Get has; otherwise a write is read back (S-771). */
  readonly writesShowAll: boolean;
  /** A valid configuration, for documentation. */
  readonly example: JsonObject;
}

interface ChannelDeclaration {
  readonly id: ChannelId;
  readonly integrationType: IntegrationType | 'configuration.integrationType';
  readonly configurationUpdate: 'frozen' | 'replaces';
  readonly configuration: ConfigurationClass;
  readonly exactlyOneOf?: readonly string[];
  readonly isSingleUse?: true;
  readonly writesShowAll?: true;
  readonly example: JsonObject;
}

/** Throws for a secret within an object or a list: only fields of the configuration itself are masked as secrets (N1). */
export function declareChannel(declaration: ChannelDeclaration): Channel {
  const fields = fieldsOf(declaration.configuration);
  const nested = fields.flatMap(({ members }) => members).find(hasSecret);
  if (nested)
    throw new Error(`${declaration.id}: the secret '${nested.name}' must be a field of the configuration itself.`);
  return {
    exactlyOneOf: [],
    isSingleUse: false,
    writesShowAll: false,
    ...declaration,
    number: CHANNEL_NUMBERS[declaration.id],
    isCreatable: true,
    fields,
  };
}

/** Whether a field, or one within it, is masked whole or in parts. */
function hasSecret({ secret, masksParts, members }: FieldDeclaration): boolean {
  return secret === true || masksParts === true || members.some(hasSecret);
}

/** A channel with an unknown configuration: it can be read, with every value masked. */
export function undocumentedChannel(id: string, number?: number): Channel {
  return {
    id,
    number,
    isCreatable: false,
    configurationUpdate: 'frozen',
    configuration: class {},
    fields: [],
    exactlyOneOf: [],
    isSingleUse: false,
    writesShowAll: false,
    example: {},
  };
}

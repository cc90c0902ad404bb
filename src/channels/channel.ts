import type { JsonObject } from '../json/json-value';
import type { ChannelId } from './channel-id';
import { CHANNEL_NUMBERS } from './channel-id';
import { type ConfigurationClass, type FieldDeclaration, fieldsOf } from './fields/field';
import type { IntegrationType } from './integration-type';

/** What Stagedoor knows of a channel: the only place that knows it. */
export interface Channel {
  /** The documented name; for a channel that docs/hubster.md does not know, the number Hubster sent, as digits (S-401). */
  readonly id: string;
  readonly number: number | undefined;
  /** Whether its configuration is documented; without that it can be read but not created (S-260). */
  readonly isCreatable: boolean;
  /** The type its integrations have, or that the configuration decides (S-112). */
  readonly integrationType?: IntegrationType | 'configuration.integrationType';
  /** `frozen`: Hubster ignores updates of the configuration (S-310). `replaces`: it takes the whole (S-303). */
  readonly configurationUpdate: 'frozen' | 'replaces';
  /** The class that validates a request's configuration. */
  readonly configuration: ConfigurationClass;
  readonly fields: readonly FieldDeclaration[];
  /** Of the named fields exactly one has to be there (S-251). */
  readonly exactlyOneOf: readonly string[];
  /** Whether creating it twice is known to be harmful at the provider (S-250): then it is never sent again. */
  readonly isSingleUse: boolean;
  /** A configuration that works, for documentation. */
  readonly example: JsonObject;
}

interface ChannelDeclaration {
  readonly id: ChannelId;
  readonly integrationType: IntegrationType | 'configuration.integrationType';
  readonly configurationUpdate: 'frozen' | 'replaces';
  readonly configuration: ConfigurationClass;
  readonly exactlyOneOf?: readonly string[];
  readonly isSingleUse?: true;
  readonly example: JsonObject;
}

export function declareChannel(declaration: ChannelDeclaration): Channel {
  return {
    exactlyOneOf: [],
    isSingleUse: false,
    ...declaration,
    number: CHANNEL_NUMBERS[declaration.id],
    isCreatable: true,
    fields: fieldsOf(declaration.configuration),
  };
}

/** A channel of which nothing but its name or number is known: readable, all of its configuration masked. */
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
    example: {},
  };
}

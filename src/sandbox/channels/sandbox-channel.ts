import type { JsonObject } from '../json';
import type { PortalError } from '../portal/portal-error';
import type { Properties } from '../rules/properties';

/** The public integration types, by number. */
export const INTEGRATION_TYPES = { Customer: 2, Agent: 3, Bot: 4, System: 5 } as const;

export type IntegrationType = keyof typeof INTEGRATION_TYPES;

/** The data that the channel's provider (Twilio, Facebook, Slack) adds when an integration is created. */
interface Connection {
  /** The configuration as stored: documented camelCase, without signing keys. */
  readonly configuration: JsonObject;
  /** The provider's account, unique across all hubs of all tenants (PRT000701); absent for a sample of the document. */
  readonly account?: string;
  /** The code of the request, if it can be used once only. */
  readonly singleUseCode?: string;
}

/** Renames the keys of a configuration as in the document's samples; never changes a value. */
type Respelling = (configuration: JsonObject) => JsonObject;

/** Everything that is specific to one channel. */
export interface SandboxChannel {
  readonly channelId: string;
  readonly channelNumber: number;
  /** False if the document describes no configuration: readable, not creatable (S-260). */
  readonly creatable: boolean;
  /** True if a change would need the provider again: updates of the configuration are ignored (S-310). */
  readonly configurationFrozen: boolean;
  /** The configuration of a create. */
  readonly properties: Properties;
  /** Keys of a stored configuration that an update may not contain. */
  readonly responseOnly?: readonly string[];
  /** Whether it has a key pair that an update can regenerate. */
  readonly signing: boolean;
  /** Rules over more than one property. */
  readonly errors?: (configuration: JsonObject) => readonly PortalError[];
  readonly integrationType: (configuration: JsonObject) => IntegrationType;
  readonly connect: (configuration: JsonObject) => Connection;
  /** Whether responses contain the key pair, as Hubster delivers by webhook. */
  readonly showsKeys?: (configuration: JsonObject) => boolean;
  readonly inboundId?: (configuration: JsonObject) => unknown;
  /** Inconsistencies of the document: `written` in Create and Update, `read` in the three reads. */
  readonly quirks: {
    readonly written: Respelling;
    readonly read: Respelling;
    /** Changes the Get response of every second integration of the channel. */
    readonly everySecondGet?: (response: JsonObject) => JsonObject;
  };
}

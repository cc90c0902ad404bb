import { createHash, randomUUID } from 'node:crypto';
import type { JsonObject } from '../json';
import type { PortalError } from '../portal/portal-error';
import type { Properties } from '../portal/properties';

/** The public integration types, by number. */
export const INTEGRATION_TYPES = { Customer: 2, Agent: 3, Bot: 4, System: 5 } as const;

export type IntegrationType = keyof typeof INTEGRATION_TYPES;

/** The data that the channel's provider (Twilio, Facebook, Slack) adds when an integration is created. */
export interface Connection {
  /** The configuration as stored: documented camelCase, without signing keys. */
  readonly configuration: JsonObject;
  /** The provider's account, unique across all hubs of all tenants (PRT000701); absent for a sample of the document. */
  readonly account?: string;
  /** The code of the request, if it can be used once only. */
  readonly singleUseCode?: string;
}

/** Renames the keys of a configuration as in the document's samples; never changes a value. */
type Respelling = (configuration: JsonObject) => JsonObject;

/** Everything that is specific to one channel. An undocumented channel has the first three members only. */
export interface SandboxChannel {
  readonly channelId: string;
  readonly channelNumber: number;
  readonly integrationType: IntegrationType | ((configuration: JsonObject) => IntegrationType);
  /** The configuration of a create. Without it, integrations can be seeded, read and renamed, but not created (S-260). */
  readonly properties?: Properties;
  /** Rules over more than one property. */
  readonly errors?: (configuration: JsonObject) => readonly PortalError[];
  /** True if a change would need the provider again: updates of the configuration are ignored (S-310). */
  readonly configurationFrozen?: boolean;
  /** Keys of a stored configuration that an update may not contain. */
  readonly responseOnly?: readonly string[];
  /** Without it, the configuration is stored as requested. */
  readonly connect?: (configuration: JsonObject) => Connection;
  /** For a channel whose key pair an update can regenerate: whether responses contain it, as Hubster delivers by webhook. */
  readonly showsKeys?: (configuration: JsonObject) => boolean;
  readonly inboundId?: (configuration: JsonObject) => unknown;
  /** Inconsistencies of the document: `written` in Create and Update, `read` in the three reads. */
  readonly quirks?: {
    readonly written?: Respelling;
    readonly read?: Respelling;
    /** Changes the Get response of every second integration of the channel. */
    readonly everySecondGet?: (response: JsonObject) => JsonObject;
  };
}

export function integrationTypeOf({ integrationType }: SandboxChannel, configuration: JsonObject): IntegrationType {
  return typeof integrationType === 'function' ? integrationType(configuration) : integrationType;
}

/** `echo` becomes `Echo`, for top-level keys only. */
export function pascalKeys(object: JsonObject): JsonObject {
  return mapKeys(object, (key) => key.charAt(0).toUpperCase() + key.slice(1));
}

/** `Echo` becomes `echo`, for top-level keys only. */
export function camelKeys(object: JsonObject): JsonObject {
  return mapKeys(object, (key) => key.charAt(0).toLowerCase() + key.slice(1));
}

function mapKeys(object: JsonObject, spell: (key: string) => string): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [spell(key), value]));
}

/** The samples of Hubster's document end like this. Each use of one gets a new account, so that samples can be used repeatedly. */
export function isSample(value: string): boolean {
  return value.endsWith('...');
}

/** `length` decimal digits, the same for the same account; random ones for a sample. */
export function accountDigits(account: string, length: number): string {
  return digitsFrom(isSample(account) ? randomUUID() : account, length);
}

/** `length` decimal digits, the same for the same seed. */
export function digitsFrom(seed: string, length: number): string {
  return BigInt(`0x${createHash('sha256').update(seed).digest('hex')}`)
    .toString()
    .slice(-length);
}

import type { SandboxChannel } from '../channels/sandbox-channel';
import type { JsonObject } from '../json';
import type { SigningKeys } from './signing-keys';

/** An integration as Hubster knows it, before any quirk of showing it. */
export interface StoredIntegration {
  readonly integrationId: string;
  readonly hubId: string;
  readonly channel: SandboxChannel;
  readonly integrationTypeId: string;
  readonly name: string;
  readonly statusId: number;
  /** Documented camelCase, without the signing keys. */
  readonly configuration: JsonObject;
  /** Kept while a Direct integration delivers over websockets, shown again when it returns to a webhook. */
  readonly keys?: SigningKeys;
  /** The provider's account that this integration occupies. */
  readonly account?: string;
  /** RFC 3339. */
  readonly created: string;
  readonly modified: string;
  /** Counts a tenant's integrations from 1, over all hubs. */
  readonly sequence: number;
  /** Counts a tenant's integrations of this channel from 1. */
  readonly ordinal: number;
  /** Planted by a test: reads answer exactly this. */
  readonly raw?: JsonObject;
}

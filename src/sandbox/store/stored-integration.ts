import type { SandboxChannel } from '../channels/sandbox-channel';
import type { JsonObject } from '../json';
import type { SigningKeys } from './signing-keys';

/** An integration without quirks. */
export interface StoredIntegration {
  readonly integrationId: string;
  readonly hubId: string;
  readonly channel: SandboxChannel;
  readonly integrationTypeId: string;
  readonly name: string;
  readonly statusId: number;
  /** Documented camelCase, without the signing keys. */
  readonly configuration: JsonObject;
  /** A Direct integration keeps them while it delivers over websockets, and has them again with a webhook. */
  readonly keys?: SigningKeys;
  /** The provider's account, which no other integration may have. */
  readonly account?: string;
  /** RFC 3339. */
  readonly created: string;
  readonly modified: string;
  /** Counts a tenant's integrations from 1, over all hubs. */
  readonly sequence: number;
  /** Counts a tenant's integrations of this channel from 1. */
  readonly ordinal: number;
  /** Seeded by a test: reads return exactly this. */
  readonly raw?: JsonObject;
}
